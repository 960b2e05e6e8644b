import { afterAll, expect, test } from 'bun:test'
import { eq } from 'drizzle-orm'
import { decodeJwt } from 'jose'
import { schema } from '../../db/client.ts'
import { consented, enrolled, openProvider, signedIn } from './kit/provider.ts'
import { register } from './kit/relying-party.ts'
import { codeFor, exchange, outcome, tokensOf, userinfo } from './kit/requests.ts'
import { allTokens, refresh } from './kit/tokens.ts'

/** What ends while a request is on its way: the request began before it and writes after it. */
const provider = await openProvider()
afterAll(() => provider.close())
const { db, clock } = provider
const citizen = enrolled(provider)
async function someone() {
	const holder = await citizen
	return { holder, browser: await signedIn(provider, holder) }
}

test('a code that is exchanged as its session ends gives nothing, whichever clock is ahead', async () => {
	const rp = await register(provider, { grantTypes: '["authorization_code","refresh_token"]' })
	const { browser, holder } = await someone()
	await consented(provider, holder, rp, 'openid pid name')
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

test('a scope that the client lost its approval for is given no more: not by code, refresh, userinfo, nor by name', async () => {
	const { browser, holder } = await someone()
	const rp = await register(provider, { grantTypes: '["authorization_code","refresh_token"]' })
	await consented(provider, holder, rp, 'openid pid name')
	const claims = JSON.stringify({ id_token: { pid: null }, userinfo: { pid: null } })
	const before = await allTokens(await exchange(provider, rp, await codeFor(browser, rp)))
	const byName = await allTokens(
		await exchange(provider, rp, await codeFor(browser, rp, { scope: 'openid name', claims })),
	)
	const waiting = await codeFor(browser, rp)
	expect(decodeJwt(byName.id_token).pid).toBe(holder.pid)
	await db.update(schema.clients).set({ scopes: '["name"]' }).where(eq(schema.clients.id, rp.id))
	const after = [
		await allTokens(await exchange(provider, rp, waiting)),
		await allTokens(await refresh(provider, rp, before.refresh_token)),
		await allTokens(await refresh(provider, rp, byName.refresh_token)),
	]
	for (const { scope, id_token } of after) {
		expect(scope).toBe('openid name')
		expect(decodeJwt(id_token)).not.toHaveProperty('pid')
		expect(decodeJwt(id_token)).toHaveProperty('name')
	}
	for (const { access_token } of [before, byName, ...after]) {
		const told = await (await userinfo(provider, access_token)).json()
		expect(Object.keys(told as object).toSorted()).toEqual(['name', 'sub'])
	}
	const narrowed = await allTokens(await refresh(provider, rp, after[1]?.refresh_token ?? '', { scope: 'openid pid' }))
	expect(narrowed.scope).toBe('openid')
	expect(
		await outcome(await refresh(provider, rp, narrowed.refresh_token, { scope: 'pid' })),
		'nothing of it is left',
	).toBe('400 invalid_scope')
	const given = (await db.select().from(schema.events).where(eq(schema.events.name, 'tokensRefreshed'))).map(
		({ data }) => (JSON.parse(data) as { scope: string }).scope,
	)
	expect(given.some((scope) => scope.includes('pid'))).toBe(false)
})
