import type { JWK } from 'jose'
import { createKeyRing } from '../../../../src/oidc/index.ts'
import { newKey } from '../../kit/relying-party.ts'
import { codeIsFor, resourceServer } from '../../kit/resource.ts'
import { BASES, freshCode, freshTokens } from '../kit/bases.ts'
import { drop, set } from '../kit/draft.ts'
import type { Ours } from '../kit/ours.ts'
import type { Cast } from '../kit/server.ts'
import { accessTokenClaims, hint, hintOfNobody } from './claims.ts'
import { algorithms, critical, keys, payloads, serialisation, types } from './envelope.ts'
import type { Kind } from './kind.ts'
import type { Good, Json } from './seal.ts'

/** A token of ours taken apart, with our own key: as somebody had it who made us sign, or took another's. */
async function ofOurs(ours: Ours, jwt: string, { rp, other }: Cast): Promise<Good> {
	const [header, claims] = jwt
		.split('.')
		.slice(0, 2)
		.map((part) => JSON.parse(Buffer.from(part, 'base64url').toString()) as Json)
	const ring = createKeyRing(ours.provider)
	const signing = await ring.signingKey('RS256')
	const { keys: published } = JSON.parse(new TextDecoder().decode(await ring.jwks())) as { keys: JWK[] }
	const publicJwk = published.find(({ kid }) => kid === signing.kid) ?? {}
	const about = { client: rp.id, other: other.id, issuer: ours.issuer, now: Math.floor(ours.now() / 1_000) }
	const key = { ...signing, publicJwk }
	return { ...about, header: header ?? {}, claims: claims ?? {}, key, stranger: await newKey('RS256') }
}

const OF_OURS = [...algorithms, ...critical, ...types(['jwt']), ...keys, ...serialisation, ...payloads]

export async function idTokenHint(ours: Ours, endpoint: 'authorize' | 'end_session'): Promise<Kind> {
	const cast = ours.casts.oidc
	const base = await BASES[endpoint](ours, cast)
	const good = await ofOurs(ours, (await freshTokens(ours, cast)).id_token, cast)
	return {
		name: `id_token_hint at ${endpoint}`,
		mutations: [...OF_OURS, ...hint, ...hintOfNobody(endpoint === 'authorize' ? 'invalid_request' : 'invalid_client')],
		cast,
		good: async () => good,
		async bring(jwt) {
			const draft = await base.make()
			// At the end of a session it alone says who asks.
			if (endpoint === 'end_session') drop('client_id')(draft)
			set('id_token_hint', jwt)(draft)
			return draft
		},
		accepted: base.accepted,
		verdict: {
			error: 'invalid_request',
			...(endpoint === 'authorize' ? { status: 303, where: 'redirect' } : { status: 400, where: 'page' }),
		},
		once: false,
	}
}

/** RFC 9068: for a resource server that asks us about it. One that we did not store is none, whoever signed it. */
export async function accessToken(ours: Ours): Promise<Kind> {
	const cast = ours.casts.oidc
	const base = await BASES.introspect(ours, cast)
	const resource = await resourceServer(ours.provider, { accessTokenAlg: 'RS256', scopes: '["openid","pid","name"]' })
	const code = await codeIsFor(ours.provider, await freshCode(ours, cast), { resource })
	const good = await ofOurs(ours, (await freshTokens(ours, cast, code)).access_token, cast)
	return {
		name: 'access token at introspect',
		mutations: [...OF_OURS.filter(({ what }) => !/^typ (application.)?at/.test(what)), ...accessTokenClaims],
		cast,
		good: async () => good,
		async bring(jwt) {
			const draft = await base.make()
			set('token', jwt)(draft)
			return draft
		},
		accepted: base.accepted,
		verdict: { error: 'inactive', status: 200, where: 'json' },
		once: false,
	}
}
