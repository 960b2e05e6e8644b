import { afterAll, beforeAll, beforeEach, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { systemClock } from '../../src/lib/clock.ts'
import { createBrowser, readEvents, type ServerSentEvent } from '../kit/http-client.ts'
import { beginSignIn, confirm, fragmentOf } from '../kit/journeys.ts'
import { authorizationUrl } from './kit/agency.ts'
import { type Enrolled, ISSUER, openStage, outcome, type Stage, scanned, type Waiting, waitingIn } from './kit/stage.ts'

setDefaultTimeout(30_000)

/** What the waiting page is told, by a stream and by asking. */
let stage: Stage
let phone: Enrolled
let waiting: Waiting
beforeAll(async () => {
	stage = await openStage()
})
afterAll(() => stage.close())
beforeEach(async () => {
	await stage.afresh()
	phone = await stage.citizen('somchai')
	waiting = await stage.waiting()
})

interface Told {
	event: string
	data: Record<string, unknown>
}

/** The stream, one message at a time. */
async function stream(at = waiting) {
	const response = await at.browser.get(`/sign-in/${at.id}/events`)
	const events = readEvents(response)
	const parsed = ({ event, data }: ServerSentEvent): Told => ({ event, data: JSON.parse(data) })
	return {
		response,
		/** The next message, or null where the stream ends. */
		async next(): Promise<Told | null> {
			const { done, value } = await events.next()
			return done ? null : parsed(value)
		},
		/** Reads on until such a message comes. */
		async until(matches: (told: Told) => boolean): Promise<Told> {
			for (;;) {
				// Not `for await`: leaving it would close the stream.
				const { done, value } = await events.next()
				if (done) throw new Error('the stream ended without it')
				if (matches(parsed(value))) return parsed(value)
			}
		},
		close: () => events.return(undefined),
	}
}
const isState = (state: string) => (told: Told) => told.event === 'state' && told.data.state === state
/** In seconds of the machine: the hand-set clock stands still, and the stream waits for real. */
const timed = async <T>(act: Promise<T>): Promise<{ outcome: T; ms: number }> => {
	const begun = performance.now()
	return { outcome: await act, ms: performance.now() - begun }
}

describe('the stream', () => {
	test('begins with the state at once, then the frame', async () => {
		await waiting.qr()
		const { next, close, response } = await stream()
		expect(response.headers.get('content-type')).toStartWith('text/event-stream')
		expect(response.headers.get('cache-control')).toContain('no-')
		expect(await next()).toMatchObject({ event: 'state', data: { state: 'pending', endReason: null, number: null } })
		const frame = await next()
		expect(frame?.event).toBe('frame')
		expect(frame?.data).toEqual({ url: `${ISSUER}/q#${await waiting.frame()}`, validMs: 3_000 })
		await close()
	})

	test('gives a frame for each second, and each can be scanned', async () => {
		await waiting.qr()
		const { until, close } = await stream()
		const frames = new Set<string>()
		for (let second = 0; second < 3; second++) {
			const { data } = await until(({ event }) => event === 'frame')
			frames.add(String(data.url))
			stage.clock.pass(1_000)
		}
		expect(frames.size).toBe(3)
		const last = [...frames].at(-1) ?? ''
		expect(await outcome(scanned(phone, fragmentOf(last)))).toBe('ok')
		await close()
	})

	test('shows no frame where no QR is asked for', async () => {
		const { next } = await stream()
		expect((await next())?.event).toBe('state')
		const following = next()
		expect(await Promise.race([following, Bun.sleep(1_200).then(() => 'nothing')])).toBe('nothing')
		await waiting.cancel()
		expect(await following).toMatchObject({ event: 'state', data: { state: 'collected' } })
	})

	test('tells the scan, with the number, and the decision, at once and not at the next look', async () => {
		const frame = await waiting.qr()
		const { until, next } = await stream()
		await until(({ event }) => event === 'frame')
		const scan = timed(until(isState('scanned')))
		const shown = await scanned(phone, frame)
		const told = await scan
		expect(shown.numbers).toContain(told.outcome.data.number as number)
		const decision = timed(until(isState('approved')))
		await confirm(phone, shown, told.outcome.data.number as number)
		const { outcome: approved } = await decision
		expect(approved.data).toMatchObject({ number: null, endReason: null })
		expect(await next()).toBeNull()
	})

	test('a change is told before the second is over', async () => {
		const frame = await waiting.qr()
		const { until, close } = await stream()
		await until(({ event }) => event === 'frame')
		// Without the nudge the next look would be a whole second away: the hand-set clock stands on a full second.
		const begun = performance.now()
		await Promise.all([until(isState('scanned')), scanned(phone, frame)])
		expect(performance.now() - begun).toBeLessThan(900)
		await close()
	})

	const finals: [string, string, string | null, () => Promise<unknown>][] = [
		['declined', 'declined', null, () => decline()],
		['two phones', 'ended', 'qr_scanned_elsewhere', () => secondPhone()],
		['cancelled', 'collected', null, () => waiting.cancel()],
		['out of time', 'ended', 'sign_in_expired', async () => stage.clock.pass(600_000)],
	]
	test.each(finals)('%s: says so, and stops', async (_name, state, endReason, happens) => {
		const frame = await waiting.qr()
		await scanned(phone, frame)
		const { until, next } = await stream()
		await until(isState('scanned'))
		await happens()
		expect((await until(isState(state))).data.endReason).toBe(endReason)
		expect(await next()).toBeNull()
	})
	const decline = () => phone.browser.mutate('signIn.decide', { id: waiting.id, decision: 'decline' })
	async function secondPhone() {
		const other = await stage.citizen('somying')
		return outcome(scanned(other, await frameOfNow()))
	}
	/** The QR is hidden once it is scanned: a photograph of it is all that a second phone has. */
	const frameOfNow = async () => {
		const { writeFrame } = await import('../../src/authn/qr/frames.ts')
		return writeFrame(stage.vault, { signInId: waiting.id, second: stage.clock.now() / 1_000 })
	}

	test('lives two minutes; the page then connects again', async () => {
		await waiting.qr()
		await scanned(phone, await waiting.frame())
		const { until, next } = await stream()
		await until(isState('scanned'))
		stage.clock.pass(120_001)
		expect(await next()).toBeNull()
		const again = await stream()
		expect(await again.next()).toMatchObject({ data: { state: 'scanned' } })
		await again.close()
	})

	test('pings through a silence', async () => {
		await scanned(phone, await waiting.qr())
		const response = await waiting.browser.get(`/sign-in/${waiting.id}/events`)
		const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
		await reader?.read()
		stage.clock.pass(5_000)
		expect((await reader?.read())?.value).toBe(': ping\n\n')
		await reader?.cancel()
	})

	test('a page that leaves is no longer served', async () => {
		const { next, close } = await stream()
		await next()
		await close()
		await Bun.sleep(1_100)
		stage.trips.length = 0
		await Bun.sleep(1_100)
		expect(stage.trips).toEqual([])
	})
})

describe('asking instead', () => {
	test('tells the same as the stream, at each step', async () => {
		const same = async () => {
			const { next, close } = await stream()
			const told = (await next())?.data
			await close()
			const { frame: _frame, ...asked } = (await waiting.state()) as unknown as Record<string, unknown>
			expect(asked).toEqual(told as never)
		}
		await same()
		const frame = await waiting.qr()
		await same()
		const shown = await scanned(phone, frame)
		await same()
		await confirm(phone, shown, (await waiting.state()).number)
		await same()
		await waiting.collect()
		await same()
	})

	test('gives a frame only while one is to be scanned', async () => {
		const frameOf = async () => ((await waiting.state()) as unknown as { frame: unknown }).frame
		expect(await frameOf()).toBeNull()
		const frame = await waiting.qr()
		expect(await frameOf()).not.toBeNull()
		await scanned(phone, frame)
		expect(await frameOf()).toBeNull()
	})
})

describe('who is told', () => {
	test.each(['events', 'poll'])('%s: another browser is not, nor the phone', async (way) => {
		for (const browser of [stage.browser(), phone.browser]) {
			const answer = await browser.get(`/sign-in/${waiting.id}/${way}`)
			expect([answer.status, await answer.json()]).toEqual([403, { error: 'sign_in_other_browser' }])
		}
	})

	test.each(['events', 'poll'])('%s: of a sign-in that there is not, nobody', async (way) => {
		const answer = await waiting.browser.get(`/sign-in/si_${'A'.repeat(22)}/${way}`)
		expect([answer.status, await answer.json()]).toEqual([404, { error: 'sign_in_unknown' }])
	})
})

test('a real server keeps a silent stream beyond its idle time-out', async () => {
	// Pings come every 5 s; a server that cuts what is silent for 7 s must not cut this one.
	const app = stage.appWith({ clock: systemClock })
	const server = Bun.serve({ hostname: '127.0.0.1', port: 0, idleTimeout: 7, fetch: (request) => app.fetch(request) })
	const browser = createBrowser(
		(request) => {
			const { pathname, search } = new URL(request.url)
			return fetch(new Request(new URL(pathname + search, server.url), request), { redirect: 'manual' })
		},
		{ origin: ISSUER },
	)
	const real = waitingIn(browser, await beginSignIn(browser, authorizationUrl(ISSUER)))
	const citizen = { ...phone, browser: stage.sameBrowser(phone.browser, app) }
	const shown = await scanned(citizen, await real.qr())
	const { until, next } = await stream(real)
	await until(isState('scanned'))
	const approved = timed(until(isState('approved')))
	await Bun.sleep(9_500)
	await confirm(citizen, shown, (await real.state()).number)
	const { ms } = await approved
	expect(ms).toBeGreaterThan(9_000)
	expect(await next()).toBeNull()
	await server.stop(true)
})
