import { afterAll, beforeAll, beforeEach, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { schema } from '../../db/client.ts'
import { confirm } from '../kit/journeys.ts'
import { answerOf, exchange } from './kit/agency.ts'
import {
	type Enrolled,
	ISSUER,
	lookedHere,
	openStage,
	refusal,
	type Stage,
	scanned,
	type Waiting,
} from './kit/stage.ts'

setDefaultTimeout(30_000)

/** What a relying party asks of a sign-in holds where it is decided: who is meant, by what key, for what. */
let stage: Stage
let somchai: Enrolled
beforeAll(async () => {
	stage = await openStage()
})
afterAll(() => stage.close())
beforeEach(async () => {
	await stage.afresh()
	await stage.db.update(schema.clients).set({ authorizationDetailsTypes: '["dopa_document_signature"]' })
	somchai = await stage.citizen('somchai')
})

const tokensOf = async (waiting: Waiting) => exchange(stage.app.fetch, ISSUER, await waiting.collect())

/** What the citizen's look at a sign-in in this browser shows, confirmed. */
async function here(citizen: Enrolled, request: Record<string, string> = {}): Promise<Waiting> {
	const waiting = await stage.waiting({ prompt: 'login', ...request }, citizen.browser)
	await confirm(citizen, await lookedHere(citizen.browser, waiting.id), null)
	return waiting
}

async function refusedHere(citizen: Enrolled, request: Record<string, string>): Promise<[string, Waiting]> {
	const waiting = await stage.waiting({ prompt: 'login', ...request }, citizen.browser)
	const shown = await lookedHere(citizen.browser, waiting.id)
	return [await refusal(confirm(citizen, shown, null)), waiting]
}

async function nothingGiven(accountId: string): Promise<void> {
	const { grants, codes, sessions, notices } = schema
	for (const table of [grants, codes, sessions, notices])
		expect((await stage.db.select().from(table)).filter((row) => row.accountId === accountId)).toEqual([])
}

const hintOf = async (waiting: Waiting): Promise<Record<string, string>> => {
	const { id_token } = (await tokensOf(waiting)) as unknown as { id_token: string }
	return { id_token_hint: id_token }
}

describe('an id_token_hint', () => {
	test('of the citizen who confirms changes nothing', async () => {
		const hint = await hintOf(await here(somchai))
		expect((await tokensOf(await here(somchai, hint))).claims.sub).toBeString()
	})

	test('of somebody else: in this browser nothing is given, and the relying party hears login_required', async () => {
		const hint = await hintOf(await here(somchai))
		const somying = await stage.citizen('somying')
		const [code, waiting] = await refusedHere(somying, hint)
		expect(code).toBe('sign_in_other_citizen')
		await nothingGiven(somying.accountId)
		expect(await waiting.state()).toMatchObject({ state: 'ended', endReason: 'sign_in_other_citizen' })
		expect(answerOf(await waiting.cancel())).toMatchObject({ code: null, error: 'login_required' })
	})

	test('nor by QR', async () => {
		const hint = await hintOf(await here(somchai))
		const somying = await stage.citizen('somying')
		const waiting = await stage.waiting({ ...hint, prompt: 'login' })
		const shown = await scanned(somying, await waiting.qr())
		const { number } = await waiting.state()
		expect(await refusal(confirm(somying, shown, number))).toBe('sign_in_other_citizen')
		await nothingGiven(somying.accountId)
		expect(await refusal(confirm(somying, shown, number))).toBe('sign_in_other_citizen')
		expect(answerOf(await waiting.cancel()).error).toBe('login_required')
		expect((await stage.events()).filter(({ name }) => name === 'signInEnded')).toMatchObject([
			{ data: { reason: 'sign_in_other_citizen' } },
		])
	})

	test('the right PIN of somebody else counts as right: it was no guess', async () => {
		const hint = await hintOf(await here(somchai))
		const somying = await stage.citizen('somying')
		await refusedHere(somying, hint)
		const pins = await stage.db.select().from(schema.pins)
		expect(pins.find((pin) => pin.accountId === somying.accountId)).toMatchObject({ failures: 0 })
	})

	test('a wrong PIN tells nothing of who is meant', async () => {
		const hint = await hintOf(await here(somchai))
		const somying = await stage.citizen('somying')
		const waiting = await stage.waiting({ ...hint, prompt: 'login' }, somying.browser)
		const shown = await lookedHere(somying.browser, waiting.id)
		const answer = await confirm({ ...somying, pin: '90817263' }, shown, null)
		expect(answer).toMatchObject({ outcome: 'pin_wrong' })
	})

	test('by sub in the claims parameter', async () => {
		const { claims } = await tokensOf(await here(somchai))
		const meant = { claims: JSON.stringify({ id_token: { sub: { value: claims.sub } } }) }
		expect((await tokensOf(await here(somchai, meant))).claims.sub).toBe(claims.sub as string)
		const [code] = await refusedHere(await stage.citizen('somying'), meant)
		expect(code).toBe('sign_in_other_citizen')
	})
})

const AAL2 = 'urn:dopa:digital-id:acr:aal2'
const QR = 'urn:dopa:digital-id:acr:aal2:qr'
const IAL = (level: string) => `urn:dopa:digital-id:acr:ial${level}`
type Tier = 'attested' | 'device-bound' | 'browser-bound'

describe('acr and amr say what was there', () => {
	const withTier = (tier: Tier) => stage.db.update(schema.passkeys).set({ tier })

	test.each<[Tier, string, string[]]>([
		['attested', 'phrh', ['pop', 'hwk', 'user', 'pin', 'mfa']],
		['device-bound', 'phr', ['pop', 'user', 'pin', 'mfa']],
	])('a key that is %s: %s', async (tier, acr, amr) => {
		await withTier(tier)
		expect((await tokensOf(await here(somchai))).claims).toMatchObject({ acr, amr })
	})

	test('a key that may be copied, bound by the browser: phr, and its software key', async () => {
		const copied = await stage.citizen('somying', { backupEligible: true })
		expect(await stage.db.select().from(schema.passkeys)).toContainEqual(
			expect.objectContaining({ accountId: copied.accountId, tier: 'browser-bound' }),
		)
		const amr = ['pop', 'swk', 'user', 'pin', 'mfa']
		expect((await tokensOf(await here(copied))).claims).toMatchObject({ acr: 'phr', amr })
	})

	test('by QR even a hardware key is the QR’s', async () => {
		await withTier('attested')
		const waiting = await stage.waiting()
		const shown = await scanned(somchai, await waiting.qr())
		await confirm(somchai, shown, (await waiting.state()).number)
		expect((await tokensOf(waiting)).claims).toMatchObject({ acr: QR })
	})

	test.each<[Tier, string, string]>([
		['attested', 'phr', 'phr'],
		['attested', 'phrh', 'phrh'],
		['attested', 'phrh phr', 'phrh'],
		['attested', 'phr phrh', 'phr'],
		['device-bound', 'phrh phr', 'phr'],
		['device-bound', AAL2, AAL2],
		['device-bound', QR, QR],
		['device-bound', `urn:unknown ${IAL('2.1')}`, IAL('2.1')],
		['device-bound', `phr ${IAL('2.1')}`, 'phr'],
		['device-bound', 'urn:unknown', 'phr'],
	])('a key that is %s, asked for «%s», tells %s', async (tier, acr_values, acr) => {
		await withTier(tier)
		expect((await tokensOf(await here(somchai, { acr_values }))).claims.acr).toBe(acr)
	})

	test.each<[Tier, string]>([
		['device-bound', 'phrh'],
		['attested', `phrh ${IAL('2.3')}`],
		['attested', IAL('2.2')],
	])('a key that is %s does not do for «%s»: the relying party hears so', async (tier, acr_values) => {
		await withTier(tier)
		const [code, waiting] = await refusedHere(somchai, { acr_values })
		expect(code).toBe('sign_in_way_not_enough')
		await nothingGiven(somchai.accountId)
		expect(answerOf(await waiting.cancel())).toMatchObject({ code: null, error: 'unmet_authentication_requirements' })
	})
})

describe('never by QR', () => {
	const DETAILS = JSON.stringify([
		{ type: 'dopa_document_signature', label: 'คำขอ', hash_alg: 'sha-256', document_digest: 'A'.repeat(43) },
	])
	test.each<[string, Record<string, string>]>([
		['phr', { acr_values: 'phr' }],
		['phrh', { acr_values: 'phrh' }],
		['phr and a level', { acr_values: `phr ${IAL('2.1')}` }],
		['phr, essential', { claims: '{"id_token":{"acr":{"essential":true,"value":"phr"}}}' }],
		['leave to sign', { authorization_details: DETAILS }],
		['leave to sign, whatever acr_values say', { authorization_details: DETAILS, acr_values: QR }],
	])('%s', async (_, request) => {
		const waiting = await stage.waiting(request)
		expect(await refusal(waiting.qr())).toBe('qr_not_allowed')
		const page = await waiting.browser.query<{ qrAllowed: boolean }>('signIn.page', { id: waiting.id })
		expect(page.qrAllowed).toBe(false)
		await stage.db.update(schema.signIns).set({ qrFrom: stage.clock.now() })
		expect(await refusal(scanned(somchai, await waiting.frame()))).toBe('qr_not_allowed')
	})

	test.each([
		[AAL2, AAL2],
		[QR, QR],
		[IAL('2.1'), IAL('2.1')],
		[`phr ${AAL2}`, AAL2],
	])('but «%s» may, and tells %s', async (acr_values, acr) => {
		const waiting = await stage.waiting({ acr_values })
		const shown = await scanned(somchai, await waiting.qr())
		await confirm(somchai, shown, (await waiting.state()).number)
		expect((await tokensOf(waiting)).claims.acr).toBe(acr)
	})

	test('what leave is asked for is shown before, in both languages, and goes with the code', async () => {
		const waiting = await stage.waiting({ authorization_details: DETAILS }, somchai.browser)
		const shown = await lookedHere(somchai.browser, waiting.id)
		expect((shown as unknown as { details: unknown }).details).toEqual([
			{
				title: { th: 'อนุมัติให้ลงลายมือชื่อในเอกสาร', en: 'Approve the signing of a document' },
				lines: [
					{ name: { th: 'เอกสาร', en: 'Document' }, value: { th: 'คำขอ', en: 'คำขอ' } },
					{
						name: { th: 'ลายนิ้วมือของเอกสาร', en: 'Fingerprint' },
						value: { th: `sha-256 ${'A'.repeat(43)}`, en: `sha-256 ${'A'.repeat(43)}` },
					},
				],
			},
		])
		await confirm(somchai, shown, null)
		await waiting.collect()
		const [code] = await stage.db.select().from(schema.codes)
		const asked = stage.vault.open(['codes', code?.hash ?? '', 'asked'], code?.asked ?? '')
		expect(JSON.parse(asked)).toEqual({ authorization_details: JSON.parse(DETAILS) })
	})
})

describe('a claim by name is shown as one by scope, and remembered as agreed to', () => {
	test('once, with its value', async () => {
		const claims = '{"userinfo":{"gender":null,"name":null},"id_token":{"gender":{"essential":true}}}'
		const waiting = await stage.waiting({ scope: 'openid name', claims }, somchai.browser)
		const shown = await lookedHere(somchai.browser, waiting.id)
		expect(shown.items as unknown).toEqual([
			{ scope: 'name', value: 'สมชาย ใจดี' },
			{ scope: 'gender', value: 'male' },
		])
		await confirm(somchai, shown, null)
		expect((await tokensOf(waiting)).claims).toMatchObject({ gender: 'male' })
		expect(await stage.db.select().from(schema.grants)).toMatchObject([{ scope: 'openid name gender' }])
	})
})
