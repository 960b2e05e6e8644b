import { createEffect, createUniqueId, type JSX } from 'solid-js'
import { Stack } from './Layout.tsx'

/** A question that has to be answered first. The browser's own dialogue: it keeps the focus inside and closes with Esc. */
export function Dialog(props: { open: boolean; title: string; onClose(): void; children: JSX.Element }) {
	const id = createUniqueId()
	let dialog: HTMLDialogElement | undefined
	createEffect(() => {
		if (props.open && !dialog?.open) dialog?.showModal()
		if (!props.open && dialog?.open) dialog.close()
	})
	return (
		<dialog ref={dialog} aria-labelledby={id} onClose={() => props.onClose()}>
			<Stack>
				<h2 id={id}>{props.title}</h2>
				{props.children}
			</Stack>
		</dialog>
	)
}
