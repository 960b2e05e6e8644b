import { isNotNull } from 'drizzle-orm'
import { schema } from '../../../../db/client.ts'
import { consented, enrolled, type Holder, openProvider, type Provider, signedIn } from '../../kit/provider.ts'
import { newKey, type RpKey, register } from '../../kit/relying-party.ts'
import { APPROVED, type Cast, type ProfileName, SCOPE, type Server, SIGNED_OUT } from './server.ts'

/** Our own server, with what one sees behind the counter. */
export interface Ours extends Server {
	provider: Provider
	holder: Holder
	/** How many rows there are of what a refused request must not make or end. */
	written(): Promise<Record<string, number>>
}

const COUNTED = ['codes', 'accessTokens', 'refreshTokens', 'pushedRequests', 'signIns', 'grants', 'sessions'] as const
/** What it must not end. */
const ENDED = ['accessTokens', 'refreshTokens', 'grants', 'sessions'] as const

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
	const one = (who: 'rp' | 'other') =>
		register(
			provider,
			{
				profile,
				postLogoutRedirectUris: JSON.stringify([SIGNED_OUT[who]]),
				authorizationDetailsTypes: '["dopa_mandate"]',
				scopes: JSON.stringify(APPROVED),
				...said,
			},
			keys ? [keys[who]] : [],
		)
	return { profile, rp: await one('rp'), other: await one('other'), dpop: keys?.dpop ?? null }
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
			introspect: '/oauth/introspect',
			revoke: '/oauth/revoke',
			end_session: '/oauth/end_session',
			logout_deliveries: '/oauth/logout_deliveries',
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
			const ended = await Promise.all(
				ENDED.map((name) => provider.db.$count(schema[name], isNotNull(schema[name].endedAt))),
			)
			return Object.fromEntries([
				...COUNTED.map((name, i) => [name, rows[i] ?? 0]),
				...ENDED.map((name, i) => [`${name} that have ended`, ended[i] ?? 0]),
			])
		},
	}
	return server
}
