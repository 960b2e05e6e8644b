import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import type { SQLiteTable } from 'drizzle-orm/sqlite-core'
import { schema } from '../../db/client.ts'
import { DAY, HOUR, MINUTE, SECOND } from '../../src/lib/clock.ts'
import { systemRandom } from '../../src/lib/random.ts'
import { sweep } from '../../src/sweep.ts'
import { memoryDb, type TestDb } from '../kit/db.ts'

const NOW = Date.UTC(2026, 0, 15)
let opened: TestDb
beforeEach(async () => {
	opened = await memoryDb()
})
afterEach(() => opened.close())

const sweepNow = () => sweep({ db: opened.db, clock: { now: () => NOW }, random: systemRandom })

const common = { clientId: 'c', accountId: 'a', grantId: 'g', scope: 'openid', acr: 'phr', amr: '[]' }
const signIn = { clientId: 'c', request: '', state: 'pending', browserHash: '', askedFrom: '', createdAt: 0 } as const

/** Each table, how a row of it is made, and how long it stays after its end. */
const TABLES: [name: string, table: SQLiteTable, row: (key: string, expiresAt: number) => object, keptFor: number][] = [
	['used_assertions', schema.usedAssertions, (key, expiresAt) => ({ key, usedBy: 'act', expiresAt }), 0],
	[
		'pushed_requests',
		schema.pushedRequests,
		(uriHash, expiresAt) => ({ uriHash, clientId: 'c', params: '{}', expiresAt }),
		24 * MINUTE,
	],
	['codes', schema.codes, (hash, expiresAt) => ({ hash, redirectUri: '', authTime: 0, ...common, expiresAt }), HOUR],
	['access_tokens', schema.accessTokens, (hash, expiresAt) => ({ hash, codeHash: hash, ...common, expiresAt }), HOUR],
	[
		'sessions',
		schema.sessions,
		(secretHash, expiresAt) => ({
			secretHash,
			credentialId: '',
			authenticatedAt: 0,
			lastSeenAt: 0,
			...common,
			expiresAt,
		}),
		DAY,
	],
	['sign_ins', schema.signIns, (id, expiresAt) => ({ id, ...signIn, expiresAt }), 7 * DAY],
	[
		'card_checks',
		schema.cardChecks,
		(id, expiresAt) => ({ id, tokenHash: id, credentialId: '', createdAt: 0, ...common, expiresAt }),
		HOUR,
	],
	['challenges', schema.challenges, (hash, expiresAt) => ({ hash, purpose: 'unlock', browserHash: '', expiresAt }), 0],
	['throttles', schema.throttles, (key, expiresAt) => ({ key, count: 1, expiresAt }), 0],
	['acts', schema.acts, (key, expiresAt) => ({ key, procedure: '', inputHash: '', outcome: '', expiresAt }), 0],
]

const count = async (table: SQLiteTable) => (await opened.db.select().from(table)).length

describe('what is over goes, what may still be asked for stays', () => {
	test.each(TABLES)('%s', async (_, table, row, keptFor) => {
		await opened.db.insert(table).values([row('over', NOW - keptFor), row('not-yet', NOW - keptFor + 1)] as never)
		await sweepNow()
		expect(await count(table)).toBe(1)
		await sweepNow()
		expect(await count(table)).toBe(1)
	})
})

describe('what a session was called, and what was told of its end', () => {
	const session = { accountId: 'a', credentialId: '', acr: 'phr', amr: '[]', authenticatedAt: 0, lastSeenAt: 0 }
	const named = (sid: string) => ({ sid, sessionHash: sid, clientId: 'c', accountId: 'a', createdAt: 0 })

	test('a session’s names go with it', async () => {
		await opened.db.insert(schema.sessions).values([
			{ ...session, secretHash: 'over', expiresAt: NOW - DAY },
			{ ...session, secretHash: 'kept', expiresAt: NOW - DAY + 1 },
		])
		await opened.db.insert(schema.sessionClients).values([named('over'), named('kept')])
		await sweepNow()
		expect(await opened.db.select().from(schema.sessionClients)).toMatchObject([{ sid: 'kept' }])
	})

	test('a logout token’s fate is kept for thirty days after it was settled', async () => {
		const delivery = { clientId: 'c', accountId: 'a', sid: 's', attempts: 1, nextAt: 0, createdAt: 0 }
		await opened.db.insert(schema.logoutDeliveries).values([
			{ ...delivery, id: 'over', state: 'delivered', settledAt: NOW - 30 * DAY },
			{ ...delivery, id: 'kept', state: 'given_up', settledAt: NOW - 30 * DAY + 1 },
			{ ...delivery, id: 'waiting', state: 'waiting', settledAt: null },
		])
		await sweepNow()
		const left = await opened.db.select().from(schema.logoutDeliveries)
		expect(left.map(({ id }) => id).sort()).toEqual(['kept', 'waiting'])
	})
})

test('all of it, however much there is', async () => {
	const rows = Array.from({ length: 2_500 }, (_, i) => ({ key: `k${i}`, usedBy: 'act', expiresAt: NOW - SECOND }))
	for (let i = 0; i < rows.length; i += 500)
		await opened.db.insert(schema.usedAssertions).values(rows.slice(i, i + 500))
	await opened.db.insert(schema.usedAssertions).values({ key: 'new', usedBy: 'act', expiresAt: NOW + SECOND })
	await sweepNow()
	expect(await opened.db.select().from(schema.usedAssertions)).toMatchObject([{ key: 'new' }])
})

test('an open sign-in that is out of time loses what the AS answered; one in time keeps it', async () => {
	const held = { ...signIn, snapshot: 'sealed', challenge: 'challenge' }
	await opened.db.insert(schema.signIns).values([
		{ ...held, id: 'over', expiresAt: NOW },
		{ ...held, id: 'open', expiresAt: NOW + 1 },
	])
	await sweepNow()
	expect(await opened.db.select().from(schema.signIns).orderBy(schema.signIns.id)).toMatchObject([
		{ id: 'open', snapshot: 'sealed', challenge: 'challenge' },
		{ id: 'over', snapshot: null, challenge: null },
	])
})
