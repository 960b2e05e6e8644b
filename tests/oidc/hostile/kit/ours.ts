import { schema } from '../../../../db/client.ts'
import { consented, enrolled, type Holder, openProvider, type Provider, signedIn } from '../../kit/provider.ts'
import { newKey, type RpKey, register } from '../../kit/relying-party.ts'
import { type Cast, type ProfileName, SCOPE, type Server } from './server.ts'

/** Our own server, with what one sees behind the counter. */
export interface Ours extends Server {
	provider: Provider
	holder: Holder
	/** How many rows there are of what a refused request must not make. */
	written(): Promise<Record<string, number>>
}

const COUNTED = ['codes', 'accessTokens', 'refreshTokens', 'pushedRequests', 'signIns', 'grants', 'sessions'] as const

type Row = NonNullable<Parameters<typeof register>[1]>

/** The keys of the three casts: `fapi2` signs, the others know a secret. */
export interface Keys {
	rp: RpKey
	other: RpKey
	dpop: RpKey
}

export const newKeys = async (): Promise<Keys> => ({
	rp: await newKey('ES256'),
	other: await newKey('ES256'),
	dpop: await newKey('ES256'),
})

async function castOf(provider: Provider, profile: ProfileName, said: Row, keys?: Keys): Promise<Cast> {
	const one = (key: RpKey | undefined) => register(provider, { profile, ...said }, key ? [key] : [])
	return { profile, rp: await one(keys?.rp), other: await one(keys?.other), dpop: keys?.dpop ?? null }
}

export async function openOurs(): Promise<Ours> {
	const provider = await openProvider()
	const holder = await enrolled(provider)
	const refreshing = { grantTypes: '["authorization_code","refresh_token"]' }
	const casts = {
		fapi2: await castOf(provider, 'fapi2', { ...refreshing, requirePkce: true, idTokenAlg: 'ES256' }, await newKeys()),
		oidc: await castOf(provider, 'oidc', refreshing),
		'thaid-v2': await castOf(provider, 'thaid-v2', { ...refreshing, idTokenAlg: 'ES256' }),
	}
	for (const { rp, other } of Object.values(casts))
		for (const each of [rp, other]) await consented(provider, holder, each, SCOPE)
	async function session(): Promise<string> {
		const cookies = (await signedIn(provider, holder)).cookies()
		return cookies.map(({ name, value }) => `${name}=${value}`).join('; ')
	}
	const server: Ours = {
		...{ provider, holder, casts },
		issuer: provider.issuer,
		paths: {
			authorize: '/oauth/authorize',
			par: '/oauth/par',
			token: '/oauth/token',
			userinfo: '/oauth/userinfo',
		},
		cookie: await session(),
		now: () => provider.clock.now(),
		async advance(ms) {
			provider.clock.advance(ms)
			server.cookie = await session()
		},
		fetch: async (request) => provider.app.fetch(request),
		async written() {
			const rows = await Promise.all(COUNTED.map((name) => provider.db.$count(schema[name])))
			return Object.fromEntries(COUNTED.map((name, i) => [name, rows[i] ?? 0]))
		},
	}
	return server
}
