import { afterAll, expect, test } from 'bun:test'
import { createLocalJWKSet, type JWTVerifyGetKey, jwtVerify } from 'jose'
import { DAY, HOUR, MINUTE, SECOND } from '../../src/lib/clock.ts'
import { systemRandom } from '../../src/lib/random.ts'
import { createKeyRing, rotateKeys, SIGNING_ALGS } from '../../src/oidc/index.ts'
import { sweep } from '../../src/sweep.ts'
import type { Browser } from '../kit/http-client.ts'
import { consented, enrolled, openProvider, type Provider, signedIn } from './kit/provider.ts'
import { type Rp, register } from './kit/relying-party.ts'
import { codeFor, exchange, tokensOf, userinfo } from './kit/requests.ts'

/**
 * Requests while the provider's keys change: an hour before a rotation until all old keys are gone, then the same with a
 * second rotation. A relying party has the JWK Set of this moment, or that of ten minutes ago: it may keep it for 300 s,
 * and the server that it had it from may have kept its own for as long. It never fetches the set because of a name that
 * it does not know, so nothing is excused.
 */
const REQUESTS = process.env.TEST_LONG ? 100_000 : 600
/** Authorize, token, userinfo. */
const SIGN_INS = Math.ceil(REQUESTS / 3)
const LONGEST_LAG = 10 * MINUTE
const SPAN = DAY + 4 * HOUR
/** When the command is given, ms from the start. */
const COMMANDS = [HOUR, SPAN + HOUR]
/** The moments that matter: the command, the new key's first signature, the death of the old one's last token. */
const MOMENTS = COMMANDS.flatMap((at) => [at, at + DAY, at + DAY + HOUR, at + DAY + HOUR + 15 * MINUTE])
const AROUND = 16 * MINUTE

/** Half of the sign-ins evenly over all the time, half of them close to the moments that matter. ms from the start */
function instants(count: number): number[] {
	const half = Math.floor(count / 2)
	const even = Array.from({ length: count - half }, (_, i) => (i * 2 * SPAN) / (count - half))
	const close = Array.from({ length: half }, (_, i) => {
		const moment = MOMENTS[i % MOMENTS.length] ?? 0
		return moment - AROUND / 4 + (Math.floor(i / MOMENTS.length) / (half / MOMENTS.length)) * AROUND
	})
	return [...even, ...close].map(Math.floor).sort((a, b) => a - b)
}

const provider = await openProvider()
afterAll(() => provider.close())

/** What relying parties know of the keys: the JWK Set as it was so many ms ago. */
function laggingKeys(provider: Provider): (lag: number) => Promise<JWTVerifyGetKey> {
	const history: { at: number; keys: JWTVerifyGetKey }[] = []
	const imported = new Map<string, JWTVerifyGetKey>()
	return async (lag) => {
		const now = provider.clock.now()
		if (history.at(-1)?.at !== now) {
			const set = new TextDecoder().decode(await createKeyRing(provider).jwks())
			const keys = imported.get(set) ?? createLocalJWKSet(JSON.parse(set))
			imported.set(set, keys)
			history.push({ at: now, keys })
		}
		const seen = history.findLast(({ at }) => at <= now - lag) ?? history[0]
		if (!seen) throw new Error('no set yet')
		return seen.keys
	}
}

interface Kept {
	idToken: string
	audience: string
	/** ms */
	expiresAt: number
}

test(`${REQUESTS.toLocaleString('en')} requests through two rotations, none failing`, async () => {
	const { clock } = provider
	const holder = await enrolled(provider)
	const rps: Rp[] = []
	for (const idTokenAlg of SIGNING_ALGS) rps.push(await register(provider, { idTokenAlg }))
	for (const rp of rps) await consented(provider, holder, rp, 'openid pid name')
	const keys = laggingKeys(provider)
	const seen = new Set<string>()
	const alive: Kept[] = []
	let browser: Browser | null = null
	let requests = 0

	const start = clock.now()
	const commands = [...COMMANDS]
	let [swept, session] = [start, 0]
	for (const [i, instant] of instants(SIGN_INS).entries()) {
		clock.advance(start + instant - clock.now())
		const now = clock.now()
		if (instant >= (commands[0] ?? Number.POSITIVE_INFINITY)) {
			commands.shift()
			const made = await rotateKeys(provider, SIGNING_ALGS, 'planned')
			expect(made.every(({ kid }) => kid !== null)).toBe(true)
		}
		if (now - swept > 5 * MINUTE) {
			await sweep({ ...provider, random: systemRandom })
			swept = now
		}
		if (browser === null || now - session > 5 * MINUTE) {
			browser = await signedIn(provider, holder)
			session = now
		}
		const rp = rps[i % rps.length] as Rp
		const tokens = await tokensOf(await exchange(provider, rp, await codeFor(browser, rp)))
		expect((await userinfo(provider, tokens.access_token)).status).toBe(200)
		const options = { issuer: provider.issuer, currentDate: new Date(now) }
		for (const lag of [0, LONGEST_LAG]) {
			const { protectedHeader } = await jwtVerify(tokens.id_token, await keys(lag), { ...options, audience: rp.id })
			seen.add(protectedHeader.kid ?? '')
		}
		// The oldest that still lives verifies too, by the set of today.
		alive.push({ idToken: tokens.id_token, audience: rp.id, expiresAt: Math.floor(now / SECOND) * SECOND + HOUR })
		while ((alive[0]?.expiresAt ?? 0) <= now) alive.shift()
		const oldest = alive[0] as Kept
		await jwtVerify(oldest.idToken, await keys(0), { ...options, audience: oldest.audience })
		requests += 3
	}
	expect(requests).toBeGreaterThanOrEqual(REQUESTS)
	// Each algorithm had three keys, and each of them signed.
	expect(seen.size).toBe(3 * SIGNING_ALGS.length)
	const set = JSON.parse(new TextDecoder().decode(await createKeyRing(provider).jwks()))
	expect(set.keys).toHaveLength(SIGNING_ALGS.length)
}, 1_200_000)
