import { type JSX, Show } from 'solid-js'
import { Icon, type IconName } from './Icon.tsx'

/** One `primary` a screen. `strong` stands beside it where two acts weigh the same. */
export type ButtonLook = 'primary' | 'strong' | 'secondary' | 'link'

export interface ButtonProps {
	look?: ButtonLook
	icon?: IconName
	type?: 'submit'
	/** Under way: says so, and takes no second press. The button keeps the focus, so it is not really disabled. */
	busy?: boolean
	disabled?: boolean
	/** For a button that is on or off. */
	pressed?: boolean
	/** What it is called where its words alone do not say it. Has to begin with them. */
	label?: string
	onClick?: () => void
	children: JSX.Element
}

export function Button(props: ButtonProps) {
	const press = (event: MouseEvent): void => {
		if (props.busy) event.preventDefault()
		else props.onClick?.()
	}
	return (
		<button
			type={props.type ?? 'button'}
			class="button"
			data-look={props.look ?? 'primary'}
			disabled={props.disabled}
			aria-disabled={props.busy ? 'true' : undefined}
			aria-pressed={props.pressed}
			aria-label={props.label}
			onClick={press}
		>
			<Show when={props.busy} fallback={<Show when={props.icon}>{(name) => <Icon name={name()} />}</Show>}>
				<span class="spinner" aria-hidden="true" />
			</Show>
			<span>{props.children}</span>
		</button>
	)
}

/** A link that looks like a button: it leads somewhere, and does nothing else. */
export function LinkButton(props: { href: string; look?: ButtonLook; icon?: IconName; children: JSX.Element }) {
	return (
		<a class="button" data-look={props.look ?? 'primary'} href={props.href}>
			<Show when={props.icon}>{(name) => <Icon name={name()} />}</Show>
			<span>{props.children}</span>
		</a>
	)
}

/** Buttons in a row, or one under the other on a phone; `even` gives two of them the same size everywhere. */
export function Actions(props: { even?: boolean; children: JSX.Element }) {
	return (
		<div class="actions" data-even={props.even ? '' : undefined}>
			{props.children}
		</div>
	)
}
