import { afterAll, beforeAll, beforeEach, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { eq } from 'drizzle-orm'
import { schema } from '../../db/client.ts'
import { LIMITS } from '../../src/env.ts'
import type { Browser } from '../kit/http-client.ts'
import { confirm, fragmentOf } from '../kit/journeys.ts'
import { answerOf, authorizationUrl, exchange } from './kit/agency.ts'
import {
	type Enrolled,
	ISSUER,
	lookedHere,
	openStage,
	outcome,
	refusal,
	type Stage,
	scanned,
	type Waiting,
} from './kit/stage.ts'

setDefaultTimeout(30_000)

/**
 * What a relying party is told of how somebody signed in is what happened: a QR can be relayed, so nothing that went
 * through one may end as phishing-resistant.
 */
const QR = 'urn:dopa:digital-id:acr:aal2:qr'
const PHR = 'phr'

let stage: Stage
let phone: Enrolled
beforeAll(async () => {
	stage = await openStage()
})
afterAll(() => stage.close())
beforeEach(async () => {
	await stage.afresh()
	phone = await stage.citizen('somchai')
})

const acrOf = async (waiting: Waiting) =>
	(await exchange(stage.app.fetch, ISSUER, await waiting.collect())).claims.acr as string

describe('the answer says how it came about', () => {
	test('by QR', async () => {
		const waiting = await stage.waiting()
		const shown = await scanned(phone, await waiting.qr())
		await confirm(phone, shown, (await waiting.state()).number)
		expect(await acrOf(waiting)).toBe(QR)
	})

	test('in the browser that signs in', async () => {
		const waiting = await stage.waiting({}, phone.browser)
		await confirm(phone, await lookedHere(phone.browser, waiting.id), null)
		expect(await acrOf(waiting)).toBe(PHR)
	})

	test('by a QR that stands in the same browser: still a QR', async () => {
		const waiting = await stage.waiting({}, phone.browser)
		const shown = await scanned(phone, await waiting.qr())
		await confirm(phone, shown, (await waiting.state()).number)
		expect(await acrOf(waiting)).toBe(QR)
	})

	test('and a QR leaves a desk’s session in the browser that waited, by the QR’s acr, and none in the phone', async () => {
		const waiting = await stage.waiting()
		const shown = await scanned(phone, await waiting.qr())
		await confirm(phone, shown, (await waiting.state()).number)
		await waiting.collect()
		expect(await stage.db.query.sessions.findMany()).toMatchObject([{ kind: 'desk', acr: QR }])
		const silent = async ({ browser }: { browser: Browser }, more = {}) => {
			const answer = await browser.get(authorizationUrl(ISSUER, { prompt: 'none', ...more }))
			return answerOf(answer.headers.get('location') ?? '')
		}
		expect((await silent(phone)).error).toBe('login_required')
		expect((await silent(waiting, { acr_values: PHR })).error).toBe('unmet_authentication_requirements')
		expect((await silent(waiting)).code).toBeString()
	})
})

describe('what began on this device does not end by QR, nor the other way round', () => {
	let waiting: Waiting
	beforeEach(async () => {
		waiting = await stage.waiting({}, phone.browser)
	})

	test('a look here, then a scan: the first look’s challenge is void in both', async () => {
		const desk = await stage.citizen('somying')
		waiting = await stage.waiting({}, desk.browser)
		const here = await lookedHere(desk.browser, waiting.id)
		const byQr = await scanned(phone, await waiting.qr())
		const { number } = await waiting.state()
		expect(await refusal(confirm(desk, here, null))).toBe('sign_in_other_browser')
		const mixed = { ...byQr, options: { ...byQr.options, challenge: here.options.challenge } }
		expect(await refusal(confirm(phone, mixed, number))).toBe('passkey_challenge')
		await confirm(phone, byQr, number)
		expect(await acrOf(waiting)).toBe(QR)
	})

	test('a look here, then a scan in the same browser: the first look’s challenge is void', async () => {
		const here = await lookedHere(phone.browser, waiting.id)
		await scanned(phone, await waiting.qr())
		const { number } = await waiting.state()
		expect(await refusal(confirm(phone, here, number))).toBe('passkey_challenge')
		expect(await refusal(confirm(phone, here, null))).toBe('number_mismatch')
	})

	test('a look here, then a scan while the registry is silent: the first look’s challenge is void all the same', async () => {
		const frame = await waiting.qr()
		const here = await lookedHere(phone.browser, waiting.id)
		stage.registry.faults.set({ down: true })
		expect(await refusal(scanned(phone, frame))).toBe('registry_unavailable')
		const { number } = await waiting.state()
		expect(await refusal(confirm(phone, here, number))).toBe('passkey_challenge')
	})

	test('looking again gives no more time', async () => {
		const first = await lookedHere(phone.browser, waiting.id)
		stage.clock.pass(60_000)
		expect(await lookedHere(phone.browser, waiting.id)).toMatchObject({ decideBy: first.decideBy })
		stage.clock.pass(LIMITS.signIn.decide - 60_000)
		expect(await refusal(lookedHere(phone.browser, waiting.id))).toBe('sign_in_expired')
	})

	test('a look here, then the QR is shown: confirming needs another look, and is what that look was', async () => {
		const here = await lookedHere(phone.browser, waiting.id)
		await waiting.qr()
		expect(await refusal(confirm(phone, here, null))).toBe('sign_in_other_browser')
		await confirm(phone, await lookedHere(phone.browser, waiting.id), null)
		expect(await acrOf(waiting)).toBe(PHR)
	})

	test('a scan, then a look here: too late, for the waiting browser and for the phone', async () => {
		const desk = await stage.citizen('somying')
		waiting = await stage.waiting({}, desk.browser)
		const shown = await scanned(phone, await waiting.qr())
		stage.registry.faults.set({ down: true })
		// Nobody is asked for a look that is too late.
		expect(await refusal(lookedHere(desk.browser, waiting.id))).toBe('sign_in_ended')
		stage.registry.faults.clear()
		expect(await refusal(lookedHere(phone.browser, waiting.id))).toBe('sign_in_other_browser')
		await confirm(phone, shown, (await waiting.state()).number)
		expect(await acrOf(waiting)).toBe(QR)
	})

	test('both at once in one browser: whichever it was, the answer says so', async () => {
		const frame = await waiting.qr()
		const [here, byQr] = await Promise.allSettled([lookedHere(phone.browser, waiting.id), scanned(phone, frame)])
		if (byQr.status === 'rejected') throw byQr.reason
		if (here.status === 'fulfilled') expect(await outcome(confirm(phone, here.value, null))).not.toBe('ok')
		const row = await stage.signIn(waiting.id)
		expect(row.path).toBe('qr')
	})

	test('somebody else’s id in one’s own look', async () => {
		const foreign = await stage.waiting()
		expect(await refusal(lookedHere(phone.browser, foreign.id))).toBe('sign_in_other_browser')
		await foreign.cancel()
		// Not even whether it is over.
		expect(await refusal(lookedHere(phone.browser, foreign.id))).toBe('sign_in_other_browser')
	})
})

describe('a relying party that wants phishing resistance gets no QR', () => {
	let waiting: Waiting
	beforeEach(async () => {
		waiting = await stage.waiting({ acr_values: PHR })
	})
	const force = (change: Partial<typeof schema.signIns.$inferInsert>) =>
		stage.db.update(schema.signIns).set(change).where(eq(schema.signIns.id, waiting.id))
	const frameNow = async (): Promise<string> => {
		const answer = await waiting.browser.get(`/sign-in/${waiting.id}/poll`)
		const { frame } = (await answer.json()) as { frame: { url: string } }
		return fragmentOf(frame.url)
	}

	test('the page is told, and shows none', async () => {
		const page = await waiting.browser.query<{ qrAllowed: boolean }>('signIn.page', { id: waiting.id })
		expect(page.qrAllowed).toBe(false)
		expect(await refusal(waiting.qr())).toBe('qr_not_allowed')
	})

	test('were one shown all the same, it could not be scanned', async () => {
		await force({ qrFrom: stage.clock.now() })
		expect(await refusal(scanned(phone, await frameNow()))).toBe('qr_not_allowed')
	})

	test('were one scanned all the same, it could not be confirmed', async () => {
		const other = await stage.waiting()
		const shown = await scanned(phone, await other.qr())
		const { id: _id, request: _request, clientId: _client, askedFrom: _from, ...row } = await stage.signIn(other.id)
		await force(row)
		const confirmed = confirm(phone, { ...shown, id: waiting.id }, row.number)
		expect(await refusal(confirmed)).toBe('qr_not_allowed')
	})

	test('on the device itself it is served', async () => {
		waiting = await stage.waiting({ acr_values: PHR }, phone.browser)
		await confirm(phone, await lookedHere(phone.browser, waiting.id), null)
		expect(await acrOf(waiting)).toBe(PHR)
	})

	test.each([
		[`${PHR} ${QR}`, QR],
		[QR, QR],
		['urn:somebody:else', QR],
	])('a wish for «%s» may be served by QR, and says so', async (acr_values, acr) => {
		waiting = await stage.waiting({ acr_values })
		const shown = await scanned(phone, await waiting.qr())
		await confirm(phone, shown, (await waiting.state()).number)
		expect(await acrOf(waiting)).toBe(acr)
	})
})

describe('one relying party’s sign-in is never another’s', () => {
	test('id and challenge of two sign-ins on one phone do not mix', async () => {
		const [one, two] = [await stage.waiting(), await stage.waiting({ scope: 'openid' })]
		const first = await scanned(phone, await one.qr())
		const second = await scanned(phone, await two.qr())
		const { number } = await two.state()
		expect(await refusal(confirm(phone, { ...first, id: two.id }, number))).toBe('passkey_challenge')
		await confirm(phone, second, number)
		expect(await refusal(one.collect())).toBe('sign_in_ended')
		const tokens = await exchange(stage.app.fetch, ISSUER, await two.collect())
		expect(tokens.claims).not.toHaveProperty('pid')
	})

	test('the phone is shown who asks, under a name and a domain that are not the page’s to choose', async () => {
		const waiting = await stage.waiting({ client_name: 'กรมสรรพากร' })
		const shown = await scanned(phone, await waiting.qr())
		expect(shown as unknown).toMatchObject({
			client: { name: { th: 'สำนักงานตัวอย่าง' }, domain: 'localhost:8788' },
			askedFrom: { network: '192.0.2.x', browser: 'Chrome', os: 'Windows', kind: 'desktop' },
		})
	})
})
