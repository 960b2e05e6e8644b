import { afterAll, expect, test } from 'bun:test'
import { eq } from 'drizzle-orm'
import { decodeJwt } from 'jose'
import { schema } from '../../db/client.ts'
import { consented, enrolled, openProvider, signedIn } from './kit/provider.ts'
import { register } from './kit/relying-party.ts'
import { codeFor, exchange, outcome, tokensOf } from './kit/requests.ts'

/** What ends while a request is on its way: the request began before it and writes after it. */
const provider = await openProvider()
afterAll(() => provider.close())
const { db, clock } = provider

test('a code that is exchanged as its session ends gives nothing, whichever clock is ahead', async () => {
	const rp = await register(provider, { grantTypes: '["authorization_code","refresh_token"]' })
	const holder = await enrolled(provider)
	await consented(provider, holder, rp, 'openid pid name')
	const browser = await signedIn(provider, holder)
	const { id_token } = await tokensOf(await exchange(provider, rp, await codeFor(browser, rp)))
	const waiting = await codeFor(browser, rp)
	// The sign-out is written by a later instant than the one at which the token request began.
	clock.advance(2_000)
	await browser.get(`/oauth/end_session?${new URLSearchParams({ id_token_hint: id_token })}`)
	clock.advance(-2_000)
	expect(await outcome(await exchange(provider, rp, waiting))).toBe('400 invalid_grant')
	const { sid } = decodeJwt(id_token)
	const alive = await db
		.select()
		.from(schema.refreshTokens)
		.where(eq(schema.refreshTokens.sid, String(sid)))
	expect(alive.filter(({ endedAt }) => endedAt === null)).toEqual([])
})
