import { type JSX, Show, splitProps } from 'solid-js'
import { Icon, type IconName } from './Icon.tsx'

/** One `primary` a screen. `strong` stands beside it where two acts weigh the same. */
export type ButtonLook = 'primary' | 'strong' | 'secondary' | 'link'

interface OwnProps {
	look?: ButtonLook
	icon?: IconName
	/** Under way: says so, and takes no second press. The button keeps the focus, so it is not really disabled. */
	busy?: boolean
}

export function Button(props: OwnProps & JSX.ButtonHTMLAttributes<HTMLButtonElement>) {
	const [own, rest] = splitProps(props, ['look', 'icon', 'busy', 'children', 'onClick', 'class'])
	const press: JSX.EventHandler<HTMLButtonElement, MouseEvent> = (event) => {
		if (own.busy) {
			event.preventDefault()
			return
		}
		if (typeof own.onClick === 'function') own.onClick(event)
	}
	return (
		<button
			type="button"
			{...rest}
			class="button"
			data-look={own.look ?? 'primary'}
			aria-disabled={own.busy ? 'true' : undefined}
			onClick={press}
		>
			<Show when={own.busy} fallback={<Show when={own.icon}>{(name) => <Icon name={name()} />}</Show>}>
				<span class="spinner" aria-hidden="true" />
			</Show>
			<span>{own.children}</span>
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
