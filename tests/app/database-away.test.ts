import { afterAll, describe, expect, test } from 'bun:test'
import { type Client, LibsqlError } from '@libsql/client'
import { drizzle } from 'drizzle-orm/libsql'
import { type Db, drizzleConfig, prepareClient } from '../../db/client.ts'
import { isUnavailable } from '../../db/unavailable.ts'
import { createApp } from '../../src/app.ts'
import { systemClock } from '../../src/lib/clock.ts'
import { systemRandom } from '../../src/lib/random.ts'
import { openWorld } from '../kit/world.ts'

const world = await openWorld()
afterAll(() => world.close())

/** A database of which every statement fails with this. */
function failing(error: Error): Db {
	const fail = async () => {
		throw error
	}
	return drizzle(prepareClient({ execute: fail, batch: fail } as unknown as Client), drizzleConfig)
}

const FAULTS: [string, Error][] = [
	['locked', new LibsqlError('database is locked', 'SQLITE_BUSY')],
	['full', new LibsqlError('database or disk is full', 'SQLITE_FULL')],
	['unreadable', new LibsqlError('disk I/O error', 'SQLITE_IOERR')],
	['read-only', new LibsqlError('attempt to write a readonly database', 'SQLITE_READONLY')],
	['torn', new LibsqlError('database disk image is malformed', 'SQLITE_CORRUPT')],
	['gone', new LibsqlError('unable to open database file', 'SQLITE_CANTOPEN')],
	['a server that is away', new LibsqlError('fetch failed', 'SERVER_ERROR')],
	['a stream that broke', new LibsqlError('stream closed', 'HRANA_WEBSOCKET_ERROR')],
	['D1 overloaded', new Error('D1_ERROR: D1 DB is overloaded. Requests queued for too long.')],
	['D1 not reached', new Error('D1_ERROR: Network connection lost.')],
]
const form = (body: string): RequestInit => ({
	method: 'POST',
	headers: { 'content-type': 'application/x-www-form-urlencoded' },
	body,
})
const REQUESTS: [string, RequestInit][] = [
	['/oauth/authorize?client_id=sample-agency&response_type=code&scope=openid&redirect_uri=http://localhost/', {}],
	['/oauth/authorize?client_id=sample-agency', { headers: { accept: 'text/html' } }],
	['/oauth/par', form('client_id=sample-agency&response_type=code')],
	['/oauth/token', form('client_id=sample-agency&grant_type=authorization_code&code=abc')],
	['/oauth/userinfo', { headers: { authorization: 'Bearer abc' } }],
	['/sign-in/si_AAAAAAAAAAAAAAAAAAAAAA/poll', { headers: { cookie: '__Host-browser=abcdef' } }],
	['/sign-in/si_AAAAAAAAAAAAAAAAAAAAAA/events', { headers: { cookie: '__Host-browser=abcdef' } }],
	[
		`/trpc/signIn.page?input=${encodeURIComponent('{"id":"si_AAAAAAAAAAAAAAAAAAAAAA"}')}`,
		{ headers: { 'x-dopa': '1' } },
	],
]

describe.each(FAULTS)('the database is %s', (_, fault) => {
	const app = createApp({
		db: failing(fault),
		clock: systemClock,
		random: systemRandom,
		vault: world.vault,
		registry: world.simulator,
		settings: { issuer: world.issuer, tiers: ['attested', 'device-bound', 'browser-bound'] },
		assets: async () => null,
		peer: () => ({ address: null, place: null }),
		log: (event, fields) => world.logged.push({ event, fields }),
	})
	test.each(REQUESTS)('%s %o says so, and when to come again', async (path, init) => {
		world.logged.length = 0
		const response = await app.fetch(new Request(world.issuer + path, init))
		expect(response.status).toBe(503)
		expect(response.headers.get('retry-after')).toBe('5')
		expect(response.headers.get('cache-control')).toBe('no-store')
		const text = await response.text()
		expect(text).toMatch(/temporarily_unavailable|"serviceCode":"unavailable"/)
		expect(text).not.toContain(fault.message)
	})
})

test.each([
	['a constraint', new LibsqlError('UNIQUE constraint failed', 'SQLITE_CONSTRAINT')],
	['a wrong statement', new LibsqlError('no such table: x', 'SQLITE_ERROR')],
	['D1: a constraint', new Error('D1_ERROR: UNIQUE constraint failed: x.id')],
	['anything else', new TypeError('x is not a function')],
])('%s is a bug and no absence', (_, error) => {
	expect(isUnavailable(error)).toBe(false)
	expect(isUnavailable(new Error('wrapped', { cause: error }))).toBe(false)
})

test('what Drizzle wraps is looked through', () => {
	expect(isUnavailable(new Error('Failed query', { cause: new LibsqlError('locked', 'SQLITE_BUSY') }))).toBe(true)
})
