import { afterAll, beforeAll, beforeEach, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { schema } from '../../db/client.ts'
import { type PersonKey, people, type RegistryChange } from '../../src/ports/civil-registry/index.ts'
import { confirm } from '../kit/journeys.ts'
import { exchange, userinfoStatus } from './kit/agency.ts'
import {
	type Enrolled,
	ISSUER,
	lookedHere,
	openStage,
	outcome,
	refusal,
	refused,
	type Stage,
	scanned,
	type Waiting,
} from './kit/stage.ts'
import { before } from './kit/trips.ts'

setDefaultTimeout(30_000)

/** The authoritative source is asked at every sign-in, and its answer decides. */
let stage: Stage
beforeAll(async () => {
	stage = await openStage()
})
afterAll(() => stage.close())
beforeEach(() => stage.afresh())

const accounts = () => stage.db.query.accounts.findMany()
const named = async (...names: string[]) => (await stage.events()).filter(({ name }) => names.includes(name))
const happens = (person: PersonKey, change: RegistryChange) => stage.registry.edit(people[person].pid, change)

async function signIn(phone: Enrolled, waiting?: Waiting): Promise<Waiting> {
	const at = waiting ?? (await stage.waiting())
	const shown = await scanned(phone, await at.qr())
	await confirm(phone, shown, (await at.state()).number)
	return at
}

describe('whose card works, with what to know', () => {
	const working: [PersonKey, { code: string; days?: number }[]][] = [
		['somchai', []],
		['boonmee', []],
		['kham', []],
		['tun', []],
		['wichai', [{ code: 'card_expires_soon', days: 5 }]],
		['thanakorn', [{ code: 'card_expired_grace', days: 57 }]],
		['kittiphong', [{ code: 'card_expired_grace', days: 15 }]],
		['kanokwan', [{ code: 'card_address_changed' }]],
	]
	test.each(working)('%s signs in, told %j', async (person, warnings) => {
		const phone = await stage.citizen(person)
		const waiting = await stage.waiting()
		const shown = await scanned(phone, await waiting.qr())
		expect(shown.warnings).toEqual(warnings)
		await confirm(phone, shown, (await waiting.state()).number)
		const { claims } = await exchange(stage.app.fetch, ISSUER, await waiting.collect())
		expect(claims.pid).toBe(people[person].pid)
	})
})

describe('whose does not, and why', () => {
	const broken: [PersonKey, string][] = [
		['natthawut', 'card_expired'],
		['supaporn', 'card_name_changed'],
		['natthida', 'card_lost'],
		['prasert', 'card_abnormal'],
		['malee', 'card_cancelled'],
		['anan', 'card_abnormal'],
		['thongbai', 'person_not_alive'],
		['narong', 'person_status_not_normal'],
		['surachai', 'person_status_not_normal'],
	]
	test.each(broken)('%s is suspended at the next sign-in: %s', async (person, reason) => {
		const phone = await stage.citizen(person)
		const waiting = await stage.waiting()
		const frame = await waiting.qr()
		expect(await refused(scanned(phone, frame))).toMatchObject({ code: 'account_suspended', detail: { reason } })
		expect(await waiting.state()).toMatchObject({ state: 'ended', endReason: 'account_suspended' })
		expect(await accounts()).toMatchObject([{ status: 'suspended', statusReason: reason }])
		expect((await stage.events()).map(({ name, data }) => [name, data.reason])).toEqual([
			['accountSuspended', reason],
			['signInEnded', 'account_suspended'],
		])
		// Looked at again, by the same phone or at another agency, it is the same, and nothing is written twice.
		expect(await refused(scanned(phone, frame))).toMatchObject({ code: 'account_suspended', detail: { reason } })
		const here = await stage.waiting({}, phone.browser)
		expect(await refused(lookedHere(phone.browser, here.id))).toMatchObject({ detail: { reason } })
		expect(await named('accountSuspended')).toHaveLength(1)
	})

	test('32 looks at once at a suspended account write the suspension once', async () => {
		const phone = await stage.citizen('natthida')
		const all = await Promise.all(
			Array.from({ length: 32 }, async () => {
				const waiting = await stage.waiting({}, phone.browser)
				return outcome(lookedHere(phone.browser, waiting.id))
			}),
		)
		expect(new Set(all)).toEqual(new Set(['account_suspended']))
		expect(await named('accountSuspended')).toHaveLength(1)
	})

	test('an account that has ended', async () => {
		const phone = await stage.citizen('somchai')
		await stage.db.update(schema.accounts).set({ status: 'ended' })
		expect(await refusal(scanned(phone, await (await stage.waiting()).qr()))).toBe('account_ended')
	})
})

describe('what a suspension takes with it', () => {
	let phone: Enrolled
	beforeEach(async () => {
		phone = await stage.citizen('somchai')
	})
	const suspend = async () => {
		await happens('somchai', { act: 'loseCard' })
		expect(await refusal(scanned(phone, await (await stage.waiting()).qr()))).toBe('account_suspended')
	}

	test('what was looked at and not yet decided, by QR and on the device', async () => {
		const [byQr, here] = [await stage.waiting(), await stage.waiting({}, phone.browser)]
		const seen = await scanned(phone, await byQr.qr())
		const seenHere = await lookedHere(phone.browser, here.id)
		const { number } = await byQr.state()
		await suspend()
		const detail = { reason: 'card_lost' }
		expect(await refused(confirm(phone, seen, number))).toMatchObject({ code: 'account_suspended', detail })
		expect(await refused(confirm(phone, seenHere, null))).toMatchObject({ code: 'account_suspended', detail })
		expect(await byQr.state()).toMatchObject({ state: 'ended', endReason: 'account_suspended' })
	})

	test('what was approved and not yet collected', async () => {
		const waiting = await signIn(phone)
		await suspend()
		expect(await refusal(waiting.collect())).toBe('account_suspended')
		expect(new URL(await waiting.cancel()).searchParams.get('error')).toBe('access_denied')
	})

	test('a code on its way, and the data behind a token', async () => {
		const [first, second] = [await signIn(phone), await signIn(phone)]
		const tokens = await exchange(stage.app.fetch, ISSUER, await first.collect())
		const code = await second.collect()
		await suspend()
		expect((await exchange(stage.app.fetch, ISSUER, code)).error).toBe('invalid_grant')
		expect(await userinfoStatus(stage.app.fetch, ISSUER, tokens.access_token ?? '')).toBe(401)
	})

	test('a confirmation that is under way: between the look and the last statement', async () => {
		const waiting = await stage.waiting()
		const shown = await scanned(phone, await waiting.qr())
		const { number } = await waiting.state()
		const hook = before(stage.client, /insert into "grants"/, () =>
			stage.db.update(schema.accounts).set({ status: 'suspended', statusReason: 'device_lost' }),
		)
		expect(await outcome(confirm(phone, shown, number))).not.toBe('ok')
		hook.off()
		expect(hook.done).toBe(true)
		expect(await stage.db.query.grants.findMany()).toEqual([])
		expect(await stage.db.query.notices.findMany()).toEqual([])
	})

	test('a collection that is under way', async () => {
		const waiting = await signIn(phone)
		const hook = before(stage.client, /insert into "codes"/, () =>
			stage.db.update(schema.accounts).set({ status: 'suspended', statusReason: 'device_lost' }),
		)
		expect(await outcome(waiting.collect())).not.toBe('ok')
		hook.off()
		expect(hook.done).toBe(true)
		expect(await stage.db.query.codes.findMany()).toEqual([])
	})
})

describe('what ends a suspension', () => {
	test('a new card: the sign-in goes through with its data, and nothing else is asked', async () => {
		const phone = await stage.citizen('somchai')
		await happens('somchai', { act: 'changeName', familyName: { th: 'มีสุข', en: 'Meesuk' } })
		expect(await refused(scanned(phone, await (await stage.waiting()).qr()))).toMatchObject({
			detail: { reason: 'card_name_changed' },
		})
		await happens('somchai', { act: 'renewCard' })
		const waiting = await signIn(phone)
		const { claims } = await exchange(stage.app.fetch, ISSUER, await waiting.collect())
		expect(claims.name).toBe('สมชาย มีสุข')
		expect(await accounts()).toMatchObject([{ status: 'active', statusReason: null }])
		expect(await named('accountReinstated')).toMatchObject([{ data: { reason: 'card_name_changed' } }])
	})

	test('not the same card being normal again', async () => {
		const phone = await stage.citizen('somchai')
		await happens('somchai', { act: 'loseCard' })
		await refusal(scanned(phone, await (await stage.waiting()).qr()))
		await happens('somchai', { act: 'setCardStatus', status: 'normal' })
		expect(await refusal(scanned(phone, await (await stage.waiting()).qr()))).toBe('account_suspended')
	})

	test.each(['person_not_alive', 'frozen', 'device_lost'])('no card lifts %s', async (statusReason) => {
		const phone = await stage.citizen('somchai')
		await stage.db.update(schema.accounts).set({ status: 'suspended', statusReason })
		await happens('somchai', { act: 'renewCard' })
		expect(await refused(scanned(phone, await (await stage.waiting()).qr()))).toMatchObject({
			code: 'account_suspended',
			detail: { reason: statusReason },
		})
		expect(await accounts()).toMatchObject([{ status: 'suspended', statusReason }])
	})

	const meanwhile: [string, () => Promise<unknown>][] = [
		['the phone was reported lost', () => stage.db.update(schema.accounts).set({ statusReason: 'device_lost' })],
		['the device ended', () => stage.db.update(schema.passkeys).set({ endedAt: 1 })],
		['the account ended', () => stage.db.update(schema.accounts).set({ status: 'ended' })],
	]
	test.each(meanwhile)('where %s meanwhile, a new card changes nothing', async (_name, change) => {
		const phone = await stage.citizen('somchai')
		await stage.db.update(schema.accounts).set({ status: 'suspended', statusReason: 'card_expired' })
		await happens('somchai', { act: 'renewCard' })
		const hook = before(stage.client, /"snapshot_at" = \?/, change)
		const waiting = await stage.waiting()
		await outcome(scanned(phone, await waiting.qr()))
		hook.off()
		expect(hook.done).toBe(true)
		expect((await accounts()).map(({ status }) => status)).not.toContain('active')
		expect(await named('accountReinstated')).toEqual([])
	})

	test('a suspension by the registry does not overwrite one that lasts', async () => {
		const phone = await stage.citizen('natthida')
		const hook = before(stage.client, /^update "accounts" set "status" = \?/, () =>
			stage.db.update(schema.accounts).set({ status: 'suspended', statusReason: 'frozen' }),
		)
		await outcome(scanned(phone, await (await stage.waiting()).qr()))
		hook.off()
		expect(hook.done).toBe(true)
		expect(await accounts()).toMatchObject([{ status: 'suspended', statusReason: 'frozen' }])
		expect(await named('accountSuspended')).toEqual([])
	})
})

describe('where the registry does not answer, nothing goes through on what it said before', () => {
	const faults = [
		{ down: true },
		{ slowMs: 60_000 },
		{ wrong: 'malformed' },
		{ wrong: 'other-person' },
		{ wrong: 'other-number' },
	] as const
	test.each(faults)('%j', async (fault) => {
		const phone = await stage.citizen('somchai')
		const waiting = await stage.waiting()
		const frame = await waiting.qr()
		stage.registry.faults.set(fault)
		expect(await refusal(scanned(phone, frame))).toBe('registry_unavailable')
		expect(await stage.signIn(waiting.id)).toMatchObject({ accountId: null, challenge: null, snapshot: null })
		expect(await accounts()).toMatchObject([{ status: 'active' }])
		expect(await stage.events()).toEqual([])
		// The QR is this phone's by now, so the same frame will do when the registry is back.
		stage.registry.faults.clear()
		const shown = await scanned(phone, frame)
		expect(await confirm(phone, shown, (await waiting.state()).number)).toMatchObject({ outcome: 'approved' })
	})

	test('nor on this device', async () => {
		const phone = await stage.citizen('somchai')
		const waiting = await stage.waiting({}, phone.browser)
		stage.registry.faults.set({ down: true })
		expect(await refusal(lookedHere(phone.browser, waiting.id))).toBe('registry_unavailable')
		stage.registry.faults.clear()
		const shown = await lookedHere(phone.browser, waiting.id)
		expect(await confirm(phone, shown, null)).toMatchObject({ outcome: 'approved' })
	})

	test('somebody whose card it has suspended stays so while it is silent', async () => {
		const phone = await stage.citizen('natthida')
		await refusal(scanned(phone, await (await stage.waiting()).qr()))
		stage.registry.faults.set({ down: true })
		expect(await refusal(scanned(phone, await (await stage.waiting()).qr()))).toBe('registry_unavailable')
		expect(await accounts()).toMatchObject([{ status: 'suspended' }])
	})

	test('a slow answer is an answer', async () => {
		const phone = await stage.citizen('somchai')
		stage.registry.faults.set({ slowMs: 30 })
		expect(await outcome(signIn(phone))).toBe('ok')
	})
})
