import { createSignal, createUniqueId, For, Show } from 'solid-js'
import { toArabicDigits } from '../../src/lib/thai/pid.ts'
import { commonWords } from '../words/common/index.ts'
import { Button } from './Button.tsx'
import { Problem } from './Field.tsx'

const LENGTH = 8
const PLACES = Array.from({ length: LENGTH }, (_, place) => place)

/** The digits of whatever was typed or pasted; Thai digits count. */
export const pinDigits = (typed: string): string => toArabicDigits(typed).replace(/\D/g, '').slice(0, LENGTH)

export interface PinInputProps {
	label?: string
	hint?: string
	problem?: string
	value: string
	onInput(digits: string): void
	disabled?: boolean
	ref?: (input: HTMLInputElement) => void
}

/**
 * The 8-digit PIN. It looks like eight boxes and is one password field, so that screen readers, pasting, deleting and
 * the phone's number pad work as everywhere. Browsers are asked not to keep it: it has no name and says `off`.
 */
export function PinInput(props: PinInputProps) {
	const id = createUniqueId()
	const [shown, setShown] = createSignal(false)
	let field: HTMLInputElement | undefined

	const take = (input: HTMLInputElement): void => {
		const digits = pinDigits(input.value)
		input.value = digits
		props.onInput(digits)
	}
	// The boxes show no caret of their own: writing goes on at the end, and what is full is written anew.
	const placeCaret = (): void => {
		if (field?.value.length === LENGTH) field.select()
		else field?.setSelectionRange(field.value.length, field.value.length)
	}

	return (
		<div class="field">
			<label for={id}>{props.label ?? commonWords().pinLabel}</label>
			<Show when={props.hint}>
				<p class="hint" id={`${id}-hint`}>
					{props.hint}
				</p>
			</Show>
			<div class="pin">
				<input
					ref={(input) => {
						field = input
						props.ref?.(input)
					}}
					id={id}
					type={shown() ? 'text' : 'password'}
					inputmode="numeric"
					autocomplete="off"
					data-1p-ignore
					data-lpignore="true"
					disabled={props.disabled}
					value={props.value}
					aria-invalid={props.problem ? 'true' : undefined}
					aria-describedby={`${props.hint ? `${id}-hint ` : ''}${id}-count${props.problem ? ` ${id}-problem` : ''}`}
					onInput={(event) => take(event.currentTarget)}
					onFocus={placeCaret}
					onClick={placeCaret}
				/>
				<div class="pin-boxes" aria-hidden="true" data-invalid={props.problem ? '' : undefined}>
					<For each={PLACES}>
						{(place) => (
							<>
								<Show when={place === LENGTH / 2}>
									<span data-gap />
								</Show>
								<span
									data-next={place === props.value.length ? '' : undefined}
									data-full={place < props.value.length && !shown() ? 'dot' : undefined}
								>
									{shown() ? props.value[place] : ''}
								</span>
							</>
						)}
					</For>
				</div>
			</div>
			<p class="only-read" id={`${id}-count`}>
				{commonWords().pinFilled(props.value.length)}
			</p>
			<Problem id={`${id}-problem`} text={props.problem} />
			<div class="field-foot">
				<Button look="link" icon={shown() ? 'eye-off' : 'eye'} onClick={() => setShown(!shown())}>
					{shown() ? commonWords().pinHide : commonWords().pinShow}
				</Button>
			</div>
		</div>
	)
}
