import { type JSX, Show } from 'solid-js'
import type { FailureCode, FailureDetail } from '../lib/failure.ts'
import { commonWords } from '../words/common/index.ts'
import { wordsForError } from '../words/errors/index.ts'
import { Icon, type IconName } from './Icon.tsx'
import { ScreenHead, Stack } from './Layout.tsx'

export type Tone = 'info' | 'good' | 'warn' | 'bad'

const ICONS: Record<Tone, IconName> = { info: 'info', good: 'check', warn: 'warning', bad: 'warning' }

export interface AlertProps {
	tone?: Tone
	title?: string
	/** Read out when it appears: at once (`alert`) or when there is a pause (`status`). */
	say?: 'alert' | 'status'
	/** A stable code, for machines and for whoever reports it. */
	code?: string
	children: JSX.Element
}

/** A message inside a screen. */
export function Alert(props: AlertProps) {
	return (
		<div class="alert" data-tone={props.tone ?? 'info'} data-code={props.code} role={props.say}>
			<Icon name={ICONS[props.tone ?? 'info']} />
			<div class="alert-body">
				<Show when={props.title}>
					<strong>{props.title}</strong>
				</Show>
				<div>{props.children}</div>
			</div>
		</div>
	)
}

export interface Told {
	code: FailureCode
	detail: FailureDetail
}

/** A failure inside a screen: what is wrong and what to do. */
export function FailureAlert(props: { failure: Told }) {
	const words = () => wordsForError(props.failure.code, props.failure.detail)
	return (
		<Alert tone="bad" say="alert" code={props.failure.code} title={words().title ?? words().text}>
			<Show when={words().title}>
				<p>{words().text}</p>
			</Show>
			<p>{words().next}</p>
		</Alert>
	)
}

/** A failure that is the whole screen. `children` are the acts that are left. */
export function FailureScreen(props: { failure: Told; children?: JSX.Element }) {
	const words = () => wordsForError(props.failure.code, props.failure.detail)
	return (
		<Stack>
			<ScreenHead
				icon="warning"
				tone="bad"
				title={words().title ?? words().text}
				lead={words().title && words().text}
			/>
			<Alert code={props.failure.code} title={commonWords().whatNext}>
				<p>{words().next}</p>
			</Alert>
			{props.children}
		</Stack>
	)
}

/** Something is awaited, in words. */
export function Busy(props: { children?: JSX.Element }) {
	return (
		<p class="busy" role="status">
			<span class="spinner" aria-hidden="true" />
			<span>{props.children ?? commonWords().wait}</span>
		</p>
	)
}

/** The whole screen waits. It still has a heading, as every screen. */
export function BusyScreen(props: { children?: JSX.Element }) {
	return (
		<div class="busy" role="status">
			<span class="spinner" aria-hidden="true" />
			<h1>{props.children ?? commonWords().wait}</h1>
		</div>
	)
}
