import { utf8 } from '../../lib/bytes.ts'
import { SECOND } from '../../lib/clock.ts'
import { readAsked } from '../artifacts/access-token.ts'
import { signJwt } from '../artifacts/sign-jwt.ts'
import { subjectOf } from '../artifacts/subject.ts'
import { introspectionBody } from '../dialect.ts'
import { invalidClient } from '../errors.ts'
import { type Exchange, set } from '../exchange.ts'
import { oneTimeBatch, runOnce } from '../one-time.ts'

const JWT_TYPE = 'application/token-introspection+jwt'
const INACTIVE = { active: false } as const

/**
 * RFC 7662: whether a token counts, for the client that has it and for the resource server that it is meant for. To
 * everybody else it is as if it were not there (§2.2). One read; no write but for a client's assertion.
 */
export async function introspect(x: Exchange): Promise<Response> {
	const client = set(x.client, 'client')
	// §2.1: whoever can ask unproved can try tokens.
	if (client.authMethod === 'none') throw invalidClient('a public client', false)
	if (x.assertion) await runOnce(x, assertionAlone, {})
	const body = introspectionBody(x, ofAccessToken(x) ?? ofRefreshToken(x) ?? INACTIVE)
	const headers = { 'cache-control': 'no-store' }
	if (!x.request.headers.get('accept')?.includes(JWT_TYPE)) return Response.json(body, { headers })
	return new Response(await signed(x, body), { headers: { ...headers, 'content-type': JWT_TYPE } })
}

const assertionAlone = oneTimeBatch(() => [])

function ofAccessToken(x: Exchange): Record<string, unknown> | null {
	const { token, resource } = x.found
	if (!token || token.endedAt !== null || token.expiresAt <= x.now) return null
	const asker = set(x.client, 'client').id
	const isMeantFor = resource?.status === 'live' && resource.clientId === asker
	if (token.clientId !== asker && !isMeantFor) return null
	const common = ofBoth(x, token)
	return common && { ...common, token_type: token.jkt === null ? 'Bearer' : 'DPoP' }
}

function ofRefreshToken(x: Exchange): Record<string, unknown> | null {
	const { refresh } = x.found
	if (!refresh || refresh.endedAt !== null || refresh.replacedAt !== null || refresh.expiresAt <= x.now) return null
	if (refresh.clientId !== set(x.client, 'client').id) return null
	const common = ofBoth(x, refresh)
	return common && { ...common, acr: refresh.acr, auth_time: Math.floor(refresh.authTime / SECOND) }
}

interface Stored {
	scope: string
	expiresAt: number
	jkt: string | null
	resource: string | null
	asked: string | null
	codeHash: string
}

function ofBoth(
	x: Exchange,
	{ scope, expiresAt, jkt, resource, asked, codeHash }: Stored,
): Record<string, unknown> | null {
	const { owner, account } = x.found
	if (owner?.status !== 'live' || account?.status !== 'active') return null
	const { authorization_details } = readAsked(x.deps.vault, { asked, family: codeHash })
	return {
		active: true,
		iss: x.deps.issuer,
		sub: subjectOf(x.deps.vault, owner, account),
		client_id: owner.id,
		scope,
		exp: Math.floor(expiresAt / SECOND),
		...(resource === null ? {} : { aud: resource }),
		...(jkt === null ? {} : { cnf: { jkt } }),
		...(authorization_details === undefined ? {} : { authorization_details }),
	}
}

/** RFC 9701 §5: signed for whoever asked, as evidence. */
async function signed(x: Exchange, body: object): Promise<string> {
	const client = set(x.client, 'client')
	const payload = {
		iss: x.deps.issuer,
		aud: client.id,
		iat: Math.floor(x.now / SECOND),
		token_introspection: body,
	}
	const key = await x.deps.keys.signingKey(client.idTokenAlg)
	return signJwt(key, { typ: 'token-introspection+jwt' }, utf8(JSON.stringify(payload)))
}
