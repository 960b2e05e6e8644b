import { afterAll, beforeAll, beforeEach, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { eq } from 'drizzle-orm'
import { schema } from '../../db/client.ts'
import { LIMITS } from '../../src/env.ts'
import { DAY } from '../../src/lib/clock.ts'
import { hashSecret } from '../../src/lib/crypto.ts'
import { people } from '../../src/ports/civil-registry/index.ts'
import type { Browser } from '../kit/http-client.ts'
import { fragmentOf } from '../kit/journeys.ts'
import { enrolsAnew } from './kit/office.ts'
import { type Enrolled, ISSUER, openStage, outcome, refusal, type Stage } from './kit/stage.ts'
import { guardsIn, type LateBatch, runLate } from './kit/unguarded.ts'
import { unlock } from './kit/unlocking.ts'

setDefaultTimeout(30_000)

/** A card that is shown to somebody: one look, within a minute, at name, photo and validity. */
const { cardCheck: LIFE, freshUnlock, cardsShown, checksOfBrowser, checksFromNetwork } = LIMITS.signIn

let stage: Stage
let phone: Enrolled
beforeAll(async () => {
	stage = await openStage({ file: true })
})
afterAll(() => stage.close())
beforeEach(async () => {
	await stage.afresh()
	phone = await stage.citizen('somchai')
	await unlock(phone)
})

interface Shown {
	id: string
	link: string
	expiresAt: number
}
const shows = (who = phone, key?: string) =>
	who.browser.mutate<Shown>('me.showCard', {}, key === undefined ? {} : { key })
const watched = (id: string, who = phone) =>
	who.browser.query<{ state: string; checkedAt: number | null }>('me.shownCard', { id })

/** A stranger's browser. */
const checker = async (options: Parameters<Stage['browser']>[0] = {}): Promise<Browser> => {
	const browser = stage.browser(options)
	await browser.get('/check')
	return browser
}
interface Seen {
	name: { th: string; en: string }
	portrait: string | null
	validity: string
	checkedAt: number
}
const looks = async (link: string, browser?: Browser, key?: string) =>
	(browser ?? (await checker())).mutate<Seen>(
		'check.card',
		{ token: fragmentOf(link) },
		key === undefined ? {} : { key },
	)
const kinds = async () => (await stage.db.query.notices.findMany()).map(({ kind }) => kind)
const named = async (name: string) => (await stage.events()).filter((event) => event.name === name)

describe('one look', () => {
	test('tells name, photo, validity and time, and nothing else', async () => {
		const { link } = await shows()
		expect(link).toStartWith(`${ISSUER}/check#`)
		stage.clock.pass(1_000)
		const seen = await looks(link)
		expect(seen).toEqual({
			name: { th: 'นายสมชาย ใจดี', en: 'Mr. Somchai Jaidee' },
			portrait: expect.stringMatching(/^data:image\//),
			validity: 'valid',
			checkedAt: stage.clock.now(),
		})
		expect(JSON.stringify(seen)).not.toContain(people.somchai.pid)
	})

	test('is told to the holder, on the screen and in the inbox, and written down without a person', async () => {
		const { id, link } = await shows()
		expect(await watched(id)).toEqual({ state: 'open', checkedAt: null })
		await looks(link)
		expect(await watched(id)).toEqual({ state: 'checked', checkedAt: stage.clock.now() })
		expect(await kinds()).toEqual(['card_checked'])
		expect(await named('cardShown')).toMatchObject([{ accountId: phone.accountId, data: { checkId: id } }])
		expect(await named('cardChecked')).toMatchObject([
			{ accountId: phone.accountId, data: { checkId: id, validity: 'valid' } },
		])
	})

	test('the second is refused, whoever opens it', async () => {
		const { link } = await shows()
		const browser = await checker()
		await looks(link, browser)
		expect(await refusal(looks(link, browser))).toBe('check_used')
		expect(await refusal(looks(link))).toBe('check_used')
		expect(await kinds()).toEqual(['card_checked'])
	})

	test('of many at once there is one', async () => {
		const { link } = await shows()
		const browsers = await Promise.all(Array.from({ length: 16 }, () => checker()))
		const all = await Promise.all(browsers.map((browser) => outcome(looks(link, browser))))
		expect(all.filter((answer) => answer === 'ok')).toHaveLength(1)
		expect(new Set(all)).toEqual(new Set(['ok', 'check_used']))
		expect(await kinds()).toEqual(['card_checked'])
	})

	test('whose answer was lost is answered again, to that browser, for a minute', async () => {
		const { link } = await shows()
		const browser = await checker()
		const key = 'a'.repeat(36)
		const first = await looks(link, browser, key)
		stage.clock.pass(LIFE - 1)
		expect(await looks(link, browser, key)).toEqual(first)
		expect(await refusal(looks(link, await checker(), key))).toBe('check_used')
		stage.clock.pass(1)
		expect(await refusal(looks(link, browser, key))).toBe('check_used')
		expect(await kinds()).toEqual(['card_checked'])
		expect(JSON.stringify(await stage.db.query.acts.findMany())).not.toContain('check.card')
	})

	test('comes within a minute', async () => {
		const { id, link } = await shows()
		stage.clock.pass(LIFE - 1)
		expect(await watched(id)).toMatchObject({ state: 'open' })
		stage.clock.pass(1)
		expect(await watched(id)).toMatchObject({ state: 'over' })
		expect(await refusal(looks(link))).toBe('check_expired')
		expect(await kinds()).toEqual([])
	})

	test('a token that nobody gave is unknown; what is none is not even looked up', async () => {
		expect(await refusal(looks(`${ISSUER}/check#${'x'.repeat(43)}`))).toBe('check_unknown')
		expect(await refusal(looks(`${ISSUER}/check#x`))).toBe('invalid_input')
	})

	test('only a hash of the token is stored', async () => {
		const token = fragmentOf((await shows()).link)
		const rows = await stage.db.query.cardChecks.findMany()
		expect(rows).toMatchObject([{ tokenHash: hashSecret(token) }])
		expect(JSON.stringify(rows)).not.toContain(token)
	})
})

describe('what it says follows the rules of life, now', () => {
	const tells = async (change: Parameters<typeof stage.registry.edit>[1]) => {
		const { link } = await shows()
		await stage.registry.edit(people.somchai.pid, change)
		return looks(link)
	}

	test('a change of name suspends, and the name is the one on the card', async () => {
		const seen = await tells({ act: 'changeName', givenName: { th: 'สมเดช', en: 'Somdet' } })
		expect(seen).toMatchObject({ validity: 'suspended', name: { th: 'นายสมชาย ใจดี' } })
		expect(await named('accountSuspended')).toMatchObject([{ data: { reason: 'card_name_changed' } }])
	})

	test('a suspended card can be shown, as suspended', async () => {
		await stage.db.update(schema.accounts).set({ status: 'suspended', statusReason: 'card_lost' })
		expect((await looks((await shows()).link)).validity).toBe('suspended')
	})

	test('an ID card that has run out is told as that', async () => {
		const record = await stage.registry.findPerson(people.somchai.pid, 'enrolment')
		const until = record?.card?.expiresOn
		if (!until) throw new Error('somchai’s card expires')
		await stage.afresh()
		stage.clock.set(Date.UTC(until.year, until.month - 1, until.day) + 3 * DAY)
		phone = await stage.citizen('somchai')
		await unlock(phone)
		expect((await looks((await shows()).link)).validity).toBe('expired')
	})

	test('while the AS is silent nothing is told and nothing is spent', async () => {
		const { link } = await shows()
		stage.registry.faults.set({ down: true })
		expect(await refusal(looks(link))).toBe('registry_unavailable')
		stage.registry.faults.clear()
		expect((await looks(link)).validity).toBe('valid')
	})

	test('a device that was replaced shows nothing any more', async () => {
		const { link } = await shows()
		await enrolsAnew(stage, 'somchai')
		expect(await refusal(looks(link))).toBe('check_expired')
	})

	test('nor a digital ID that has ended', async () => {
		const { link } = await shows()
		await stage.db.update(schema.accounts).set({ status: 'ended' }).where(eq(schema.accounts.id, phone.accountId))
		expect(await refusal(looks(link))).toBe('check_expired')
	})
})

describe('showing', () => {
	test('asks for PIN and passkey of the last five minutes', async () => {
		stage.clock.pass(freshUnlock)
		await shows()
		stage.clock.pass(1)
		expect(await refusal(shows())).toBe('unlock_stale')
		await unlock(phone)
		await shows()
	})

	test('is for who has unlocked', async () => {
		const stranger = await checker()
		expect(await refusal(stranger.mutate('me.showCard', {}))).toBe('not_signed_in')
		await phone.browser.mutate('me.lock', {})
		expect(await refusal(shows())).toBe('not_signed_in')
	})

	test('a new QR ends the one before', async () => {
		const first = await shows()
		const second = await shows()
		expect(await refusal(looks(first.link))).toBe('check_expired')
		expect(await watched(first.id)).toMatchObject({ state: 'over' })
		expect((await looks(second.link)).validity).toBe('valid')
		// What was looked at already stays told.
		await shows()
		expect(await watched(second.id)).toMatchObject({ state: 'checked' })
	})

	test('never ends somebody else’s, nor is it seen by them', async () => {
		const other = await stage.citizen('somying')
		await unlock(other)
		const theirs = await shows(other)
		await shows()
		expect(await watched(theirs.id, other)).toMatchObject({ state: 'open' })
		expect(await refusal(watched(theirs.id))).toBe('check_unknown')
	})

	test('whose answer was lost gives the same QR again', async () => {
		const key = 'b'.repeat(36)
		expect(await shows(phone, key)).toEqual(await shows(phone, key))
		expect(await stage.db.query.cardChecks.findMany()).toHaveLength(1)
	})
})

describe('what can be flooded is counted', () => {
	test('showing, of one citizen', async () => {
		for (let n = 0; n < cardsShown.limit; n++) await shows()
		expect(await refusal(shows())).toBe('too_many_attempts')
		expect(await stage.db.query.cardChecks.findMany()).toHaveLength(cardsShown.limit)
		expect(await named('cardShown')).toHaveLength(cardsShown.limit)
	})

	test('looking, of one browser and of one network', async () => {
		const { link } = await shows()
		const unknown = `${ISSUER}/check#${'x'.repeat(43)}`
		const browser = await checker()
		for (let n = 0; n < checksOfBrowser.limit; n++) expect(await refusal(looks(unknown, browser))).toBe('check_unknown')
		expect(await refusal(looks(link, browser))).toBe('too_many_attempts')
		await stage.db.update(schema.throttles).set({ count: checksFromNetwork.limit })
		expect(await refusal(looks(link))).toBe('too_many_attempts')
		expect((await looks(link, await checker({ headers: { 'x-test-address': '198.51.100.9' } }))).validity).toBe('valid')
	})

	test('looking with a new cookie each time, beyond what the network may: leaves no row', async () => {
		const { link } = await shows()
		await looks(link)
		await stage.db.update(schema.throttles).set({ count: checksFromNetwork.limit })
		const before = (await stage.db.query.throttles.findMany()).length
		for (let n = 0; n < 3; n++) expect(await refusal(looks(link))).toBe('too_many_attempts')
		expect(await stage.db.query.throttles.findMany()).toHaveLength(before)
	})
})

describe('a look or a showing that comes too late changes nothing, and each guard is needed', () => {
	const LATE: Record<string, LateBatch> = {
		looking: {
			has: [/update "card_checks"/, /insert into "notices"/],
			async prepare() {
				phone = await stage.citizen('somchai')
				await unlock(phone)
				const { link } = await shows()
				const browser = await checker()
				return {
					act: () => looks(link, browser),
					meanwhile: () => stage.db.update(schema.cardChecks).set({ checkedAt: 1, checkedBy: 'other' }),
				}
			},
		},
		showing: {
			has: [/insert into "card_checks"/],
			async prepare() {
				phone = await stage.citizen('somchai')
				await unlock(phone)
				await shows()
				return {
					act: () => shows(),
					meanwhile: () => stage.db.update(schema.passkeys).set({ endedAt: 1, endedReason: 'replaced' }),
				}
			},
		},
	}
	test.each(Object.keys(LATE))('%s', async (name) => {
		const batch = LATE[name]
		if (!batch) throw new Error('no such batch')
		const { changed, statements } = await runLate(stage, batch)
		expect(changed).toEqual([])
		const missed: string[] = []
		for (const [i, statement] of statements.entries()) {
			const guards = guardsIn(statement)
			if (guards === 0) continue
			// The last: one before it counts, and says NOT.
			const late = await runLate(stage, batch, { statement: i, guards: [guards - 1] })
			if (late.changed.length === 0 && !late.failed) missed.push(statement.sql.slice(0, 60))
		}
		// The spending statement also asks for a row that nobody has spent, which is not a guard of this kind.
		expect(missed).toEqual(name === 'looking' ? [expect.stringContaining('update "card_checks"')] : [])
	})

	test('a passkey that ends while the AS is asked', async () => {
		const { link } = await shows()
		const { portrait } = stage.registry
		stage.registry.portrait = async (pid, purpose) => {
			await stage.db.update(schema.passkeys).set({ endedAt: 1, endedReason: 'replaced' })
			return portrait(pid, purpose)
		}
		expect(await refusal(looks(link))).toBe('check_used')
		stage.registry.portrait = portrait
		expect(await kinds()).toEqual([])
	})
})
