import { createUniqueId, type JSX, Show } from 'solid-js'
import { Icon } from './Icon.tsx'

/** What is wrong with a field, under it. */
export function Problem(props: { id: string; text: string | undefined }) {
	return (
		<Show when={props.text}>
			<p class="problem" id={props.id}>
				<Icon name="warning" />
				<span>{props.text}</span>
			</p>
		</Show>
	)
}

export interface FieldProps {
	label: string
	hint?: string
	problem?: string
	value: string
	onInput(value: string): void
	inputMode?: 'text' | 'numeric'
	autocomplete?: string
	disabled?: boolean
	ref?: (input: HTMLInputElement) => void
}

/** One line of text, with its name above, its hint, and what is wrong with it. */
export function Field(props: FieldProps) {
	const id = createUniqueId()
	return (
		<div class="field">
			<label for={id}>{props.label}</label>
			<Show when={props.hint}>
				<p class="hint" id={`${id}-hint`}>
					{props.hint}
				</p>
			</Show>
			<input
				ref={(input) => props.ref?.(input)}
				id={id}
				type="text"
				inputmode={props.inputMode}
				autocomplete={props.autocomplete ?? 'off'}
				autocapitalize="none"
				spellcheck={false}
				disabled={props.disabled}
				value={props.value}
				aria-invalid={props.problem ? 'true' : undefined}
				aria-describedby={
					`${props.hint ? `${id}-hint` : ''} ${props.problem ? `${id}-problem` : ''}`.trim() || undefined
				}
				onInput={(event) => props.onInput(event.currentTarget.value)}
			/>
			<Problem id={`${id}-problem`} text={props.problem} />
		</div>
	)
}

/** A statement that somebody makes by ticking it. */
export function Check(props: { checked: boolean; onChange(checked: boolean): void; children: JSX.Element }) {
	return (
		<label class="check">
			<input
				type="checkbox"
				checked={props.checked}
				onChange={(event) => props.onChange(event.currentTarget.checked)}
			/>
			<span>{props.children}</span>
		</label>
	)
}
