import { afterAll, describe, expect, test } from 'bun:test'
import { newKey, register } from '../kit/relying-party.ts'
import type { Kind } from './jwts/kind.ts'
import { openKinds } from './jwts/kinds.ts'
import type { Mutation } from './jwts/mutation.ts'
import { forgedForAll, point, SMALL_ORDER } from './jwts/other-algorithms.ts'
import { encode, seal } from './jwts/seal.ts'
import { same } from './jwts/signatures.ts'
import { BASES, send } from './kit/bases.ts'
import { set } from './kit/draft.ts'
import { judge } from './kit/judge.ts'
import { openOurs } from './kit/ours.ts'

/**
 * Every kind of JWT that we take, with one thing wrong: in its algorithm, its key, its form, its signature, its claims.
 * Right before each of them a good one is taken, by the same request, so nothing but the one thing can be the reason.
 */
const ours = await openOurs()
afterAll(() => ours.provider.close())
const kinds = await openKinds(ours)

async function isTaken(kind: Kind, jwt: string): Promise<boolean> {
	return kind.accepted(await send(ours, await kind.bring(jwt)))
}

async function isRefused(kind: Kind, { forge, error }: Mutation): Promise<void> {
	expect(await isTaken(kind, await seal(await kind.good()))).toBe(true)
	const jwt = await forge(await kind.good())
	const draft = await kind.bring(jwt)
	const before = await ours.written()
	ours.provider.logged.length = 0
	await judge(ours, kind.cast, draft, await send(ours, draft), { ...kind.verdict, ...(error ? { error } : {}) })
	expect(await ours.written()).toEqual(before)
}

describe.each(kinds.map((kind): [string, Kind] => [kind.name, kind]))('%s', (_, kind) => {
	test.each(kind.mutations.map((mutation): [string, Mutation] => [mutation.what, mutation]))(
		'%s',
		async (_, mutation) => {
			await isRefused(kind, mutation)
		},
	)

	test('each mutation has a name', () => {
		expect(new Set(kind.mutations.map(({ what }) => what)).size).toBe(kind.mutations.length)
	})
})

/** ECDSA has two signatures for everything, and base64url more than one text for the same bytes. */
describe.each(
	kinds.filter(({ once, name }) => once && !name.includes(' by ')).map((kind): [string, Kind] => [kind.name, kind]),
)('%s', (_, kind) => {
	test('is good once', async () => {
		const jwt = await seal(await kind.good())
		expect(await isTaken(kind, jwt)).toBe(true)
		const draft = await kind.bring(jwt)
		await judge(ours, kind.cast, draft, await send(ours, draft), kind.verdict)
	})

	test.each(Object.entries(same))('with %s is good once with the one that it is', async (_, disguise) => {
		const good = await kind.good()
		expect(await isTaken(kind, await disguise(good))).toBe(true)
		expect(await isTaken(kind, await seal(good))).toBe(false)
		expect(await isTaken(kind, await disguise(good))).toBe(false)
	})

	test('that was refused for another reason is still good', async () => {
		const good = await kind.good()
		expect(await isTaken(kind, await seal(good, { key: good.stranger }))).toBe(false)
		expect(await isTaken(kind, await seal(good))).toBe(true)
	})
})

test.each(Object.entries(SMALL_ORDER))('a client whose registered key is %s proves nothing by it', async (_, hex) => {
	const key = await newKey('EdDSA')
	key.publicJwk.x = encode(point(hex))
	const cast = { ...ours.casts.fapi2, rp: await register(ours.provider, { profile: 'fapi2' }, [key]) }
	const { make, accepted } = await BASES.par(ours, cast)
	const draft = await make()
	const { id } = cast.rp
	const now = Math.floor(ours.now() / 1_000)
	const claims = { iss: id, sub: id, aud: ours.issuer, jti: 'once', iat: now, exp: now + 60 }
	const text = [{ alg: 'EdDSA', kid: key.kid }, claims].map((each) => encode(JSON.stringify(each))).join('.')
	set('client_assertion', `${text}.${encode(forgedForAll)}`)(draft)
	expect(await accepted(await send(ours, draft))).toBe(false)
})

test('the tables hold what they promise', () => {
	const count = kinds.reduce((sum, { mutations }) => sum + mutations.length, 0)
	console.log(`${count} mutated JWTs of ${kinds.length} kinds`)
	expect(count).toBeGreaterThanOrEqual(300)
})
