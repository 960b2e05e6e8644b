import { createEffect, type JSX, onMount, Show } from 'solid-js'
import { commonWords } from '../words/common/index.ts'
import { Emblem, Icon, type IconName } from './Icon.tsx'
import { LanguageSwitch } from './LanguageSwitch.tsx'

/** The demonstration runs on a loopback address only; there the page says that nobody on it is real. */
export const isDemo = (): boolean => /^(localhost|127\.|\[::1\])/.test(location.hostname)

export interface LayoutProps {
	/** The page's name, for the tab and for screen readers. */
	title: string
	wide?: boolean
	/** Stands in the band, before the language. */
	nav?: JSX.Element
	/** Stands below the content, before the foot. */
	below?: JSX.Element
	children: JSX.Element
}

/** The frame of every page: band with name and language, the content, the foot. */
export function Layout(props: LayoutProps) {
	createEffect(() => {
		document.title = `${props.title} · ${commonWords().product}`
	})
	return (
		<div class="frame">
			<a class="skip" href="#content">
				{commonWords().skip}
			</a>
			<header class="band">
				<div class="band-in">
					<a class="house" href="/">
						<Emblem />
						<span>
							<strong>{commonWords().product}</strong>
							<small>{commonWords().productLine}</small>
							<span class="only-read">{commonWords().toHome}</span>
						</span>
					</a>
					<div class="band-side">
						{props.nav}
						<LanguageSwitch />
					</div>
				</div>
				<Show when={isDemo()}>
					<p class="demo">{commonWords().demo}</p>
				</Show>
			</header>
			<main id="content" tabindex="-1" data-width={props.wide ? 'wide' : undefined}>
				{props.children}
			</main>
			{props.below}
			<footer class="foot">
				<div class="foot-in">
					<p>{commonWords().footSource}</p>
					<p>{commonWords().footDemo}</p>
				</div>
			</footer>
		</div>
	)
}

let screensShown = 0

export interface ScreenHeadProps {
	title: string
	lead?: JSX.Element
	icon?: IconName
	tone?: 'good' | 'warn' | 'bad'
}

/**
 * The head of a screen. When one screen follows another on the same page, its heading takes the focus, so that a
 * screen reader says where one is and the next Tab goes to the first control. The page's first screen leaves the focus alone.
 */
export function ScreenHead(props: ScreenHeadProps) {
	let heading: HTMLHeadingElement | undefined
	onMount(() => {
		screensShown += 1
		if (screensShown > 1) heading?.focus({ preventScroll: true })
		if (screensShown > 1) window.scrollTo({ top: 0 })
	})
	return (
		<div class="screen-head">
			<Show when={props.icon}>
				{(name) => (
					<span class="mark" data-tone={props.tone}>
						<Icon name={name()} />
					</span>
				)}
			</Show>
			<h1 tabindex="-1" ref={heading}>
				{props.title}
			</h1>
			<Show when={props.lead}>
				<p class="lead">{props.lead}</p>
			</Show>
		</div>
	)
}

/** Things below each other with even space between. */
export function Stack(props: { gap?: 'small' | 'large'; children: JSX.Element }) {
	return (
		<div class="stack" data-gap={props.gap}>
			{props.children}
		</div>
	)
}
