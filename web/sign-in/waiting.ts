import { createSignal, onCleanup } from 'solid-js'
import { api } from '../lib/api.ts'
import type { Inspection, SignInPage } from '../lib/api-types.ts'
import { isPhone } from '../lib/device.ts'
import { asFailure, Failure, type FailureCode } from '../lib/failure.ts'
import { follow } from '../lib/live.ts'

/**
 * What the waiting page knows and does, apart from how it looks. The server's state decides which screen is shown;
 * the one thing that this browser decides is whether it answers here or shows a QR.
 */
export type WaitingView =
	| { kind: 'loading' }
	| { kind: 'qr'; part: QrPart; expiresAt: number; over: boolean }
	| { kind: 'number'; number: number; expiresAt: number }
	| { kind: 'checking' }
	| { kind: 'here'; part: HerePart; inspection: Inspection }
	/** Chosen: the citizen asked for it. Else this browser has no other way that it should go first. */
	| { kind: 'unlock'; part: HerePart; chosen: boolean }
	| { kind: 'moving' }
	| { kind: 'declined' }
	| { kind: 'ended'; reason: FailureCode }
	| { kind: 'failed'; failure: Failure; again: () => void }

/** The two ways, each in a chunk of its own: a browser that shows a QR loads no consent, and the other way round. */
type QrPart = typeof import('./QrScreen.tsx')
type HerePart = typeof import('./Here.tsx')

/** Fetched beside the server's answer that is waited for anyway. */
const part = <Part>(loading: Promise<Part>): Promise<Part> =>
	loading.catch((cause: unknown) => {
		throw new Failure('network', {}, { cause })
	})
const qrPart = (): Promise<QrPart> => part(import('./QrScreen.tsx'))
const herePart = (): Promise<HerePart> => part(import('./Here.tsx'))

interface Frame {
	url: string
	validMs: number
}
type State = Pick<SignInPage, 'state' | 'endReason' | 'number' | 'expiresAt'>

export function createWaiting(id: string) {
	const [view, setView] = createSignal<WaitingView>({ kind: 'loading' })
	const [page, setPage] = createSignal<SignInPage>()
	const [frame, setFrame] = createSignal<Frame>()
	let unfollow: (() => void) | undefined
	onCleanup(() => unfollow?.())

	/** Runs an act; where it fails, the screen says so and offers the same act again. */
	const attempt = async (act: () => Promise<void>): Promise<void> => {
		try {
			await act()
		} catch (error) {
			setView({ kind: 'failed', failure: asFailure(error), again: () => void attempt(act) })
		}
	}

	const load = () =>
		attempt(async () => {
			setView({ kind: 'loading' })
			const loaded = await api.signIn.page.query({ id })
			setPage(loaded)
			if (loaded.state !== 'pending') showState(loaded)
			else if (loaded.knownDevice) await answerHere()
			else if (loaded.qrAllowed && !isPhone()) await showQr()
			else setView({ kind: 'unlock', part: await herePart(), chosen: false })
		})

	/** The whole journey in this one browser: the way with the fewest steps, and the one that nobody can relay. */
	const answerHere = () =>
		attempt(async () => {
			stopFollowing()
			setView({ kind: 'checking' })
			const loading = herePart()
			try {
				const [loaded, inspection] = await Promise.all([loading, api.signIn.inspect.mutate({ id })])
				setView({ kind: 'here', part: loaded, inspection })
			} catch (error) {
				if (asFailure(error).code !== 'device_unknown') throw error
				setView({ kind: 'unlock', part: await loading, chosen: false })
			}
		})

	const showQr = () =>
		attempt(async () => {
			stopFollowing()
			setFrame(undefined)
			const [loaded, { expiresAt }] = await Promise.all([qrPart(), api.signIn.showQr.mutate({ id })])
			setView({ kind: 'qr', part: loaded, expiresAt, over: false })
			startFollowing()
		})

	const showState = (next: State): void => {
		const now = view()
		switch (next.state) {
			case 'pending':
				// The scan was taken back: the code is shown again.
				if (now.kind === 'number') void showQr()
				return
			case 'scanned':
				// Without a number it is this very browser that answers.
				if (next.number === null) {
					if (now.kind !== 'here' && now.kind !== 'checking') void answerHere()
				} else if (now.kind !== 'number') {
					setView({ kind: 'number', number: next.number, expiresAt: next.expiresAt })
					startFollowing()
				}
				return
			case 'approved':
				void collect()
				return
			case 'declined':
				stopFollowing()
				setView({ kind: 'declined' })
				return
			case 'ended':
			case 'collected':
				stopFollowing()
				setView({ kind: 'ended', reason: (next.endReason as FailureCode | null) ?? 'sign_in_ended' })
		}
	}

	const startFollowing = (): void => {
		unfollow ??= follow<{ frame: Frame; state: State }>({
			url: `/sign-in/${encodeURIComponent(id)}/events`,
			// While a QR is shown, a frame comes each second.
			lively: () => view().kind === 'qr',
			on: { frame: (next) => setFrame(next), state: showState },
			ask: async () => {
				const response = await fetch(`/sign-in/${encodeURIComponent(id)}/poll`, { cache: 'no-store' })
				if (!response.ok) throw new Failure('network')
				const answer = (await response.json()) as State & { frame: Frame | null }
				if (answer.frame) setFrame(answer.frame)
				showState(answer)
			},
		})
	}
	const stopFollowing = (): void => {
		unfollow?.()
		unfollow = undefined
	}

	/** Fetches where to go, once, and goes there. Also after a refusal: the agency is told that too. */
	const collect = () =>
		attempt(async () => {
			if (view().kind === 'moving') return
			stopFollowing()
			setView({ kind: 'moving' })
			location.assign((await api.signIn.collect.mutate({ id })).location)
		})

	const cancel = () =>
		attempt(async () => {
			stopFollowing()
			location.assign((await api.signIn.cancel.mutate({ id })).location)
		})

	return {
		view,
		page,
		frame,
		load,
		answerHere,
		showQr,
		qrIsOver: () => {
			const now = view()
			if (now.kind === 'qr') setView({ ...now, over: true })
		},
		offerUnlock: () =>
			attempt(async () => {
				stopFollowing()
				setView({ kind: 'unlock', part: await herePart(), chosen: true })
			}),
		fail: (failure: Failure) => setView({ kind: 'ended', reason: failure.code }),
		collect,
		cancel,
	}
}

export type Waiting = ReturnType<typeof createWaiting>
