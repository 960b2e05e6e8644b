import { createSignal, onCleanup } from 'solid-js'
import { api } from '../lib/api.ts'
import type { OfficeCase } from '../lib/api-types.ts'
import { asFailure, type Failure } from '../lib/failure.ts'
import { follow } from '../lib/live.ts'

export interface IssuedLink {
	link: string
	expiresAt: number
}

/** What the desk knows of the one person who is served, and what can be done about them. */
export function createDesk(onSignedOut: () => void) {
	const [current, setCurrent] = createSignal<OfficeCase>()
	const [link, setLink] = createSignal<IssuedLink>()
	const [failure, setFailure] = createSignal<Failure>()
	const [busy, setBusy] = createSignal<'look-up' | 'issue' | 'thaw' | 'cancel'>()
	/** Kept from the look-up: the server forgets the person when the case is over, and the last sentence names them. */
	const [name, setName] = createSignal<{ th: string; en: string }>()
	let unfollow: (() => void) | undefined

	const stopFollowing = (): void => {
		unfollow?.()
		unfollow = undefined
	}
	onCleanup(stopFollowing)

	const run = async (what: 'look-up' | 'issue' | 'thaw' | 'cancel', act: () => Promise<void>): Promise<void> => {
		if (busy()) return
		setFailure(undefined)
		setBusy(what)
		try {
			await act()
		} catch (error) {
			const failed = asFailure(error)
			if (failed.code === 'not_signed_in') onSignedOut()
			else setFailure(failed)
		} finally {
			setBusy(undefined)
		}
	}

	const learn = (next: OfficeCase): void => {
		if (next.caseId !== current()?.caseId) return
		setCurrent(next)
		if (next.subject) setName(next.subject.name)
		if (isOver(next)) stopFollowing()
	}

	const startFollowing = (caseId: string): void => {
		stopFollowing()
		unfollow = follow<{ state: OfficeCase }>({
			url: `/office/cases/${encodeURIComponent(caseId)}/events`,
			on: { state: learn },
			ask: async () => learn(await api.office.case.query({ caseId })),
			every: 2_000,
		})
	}

	/** @param cardNumber empty where the officer compares the cards by eye */
	const lookUp = (pid: string, cardNumber: string) =>
		run('look-up', async () => {
			const found = await api.office.lookUp.mutate(cardNumber === '' ? { pid } : { pid, cardNumber })
			setCurrent(found)
			setName(found.subject?.name)
			startFollowing(found.caseId)
		})

	const issue = () =>
		run('issue', async () => {
			const now = current()
			if (!now) return
			setLink(await api.office.issueLink.mutate({ caseId: now.caseId, faceConfirmed: true }))
			learn({ ...now, state: 'link_issued' })
		})

	/** The phone is there again: the suspension is taken back, and nothing is enrolled. */
	const thaw = () =>
		run('thaw', async () => {
			const now = current()
			if (!now) return
			await api.office.thaw.mutate({ caseId: now.caseId, faceConfirmed: true })
			learn({ ...now, state: 'thawed', subject: null })
		})

	const cancel = () =>
		run('cancel', async () => {
			const now = current()
			if (!now) return
			await api.office.cancel.mutate({ caseId: now.caseId })
			learn({ ...now, state: 'cancelled', subject: null })
		})

	const nextPerson = (): void => {
		stopFollowing()
		setCurrent(undefined)
		setLink(undefined)
		setFailure(undefined)
		setName(undefined)
	}

	return { current, link, failure, busy, name, lookUp, issue, thaw, cancel, nextPerson }
}

export type DeskState = ReturnType<typeof createDesk>

export const isOver = (current: OfficeCase): boolean => ['done', 'thawed', 'cancelled', 'ended'].includes(current.state)
