import { readSnapshot } from '../accounts/index.ts'
import { SECOND } from '../lib/clock.ts'
import { claimsFor } from './artifacts/claims.ts'
import { ProtocolError } from './errors.ts'
import { type Exchange, set } from './exchange.ts'
import type { Client, TokenResponse } from './wire.ts'

/**
 * The bodies of answers, in the forms of the RFCs; a profile with a dialect has its own. ThaID's forms (manual 1.0, what
 * its sample relying parties read) are here and nowhere else, and only the client's profile leads to them.
 */
const isThaid = ({ profile }: Exchange): boolean => profile?.dialect === 'thaid'

/**
 * RFC 6749 §5.1. ThaID: the lifetime is the second at which it ends, under two names, since the manual and the sample
 * relying parties differ; without `openid` the claims stand flat beside the tokens.
 */
export function tokenBody(x: Exchange, response: TokenResponse): object {
	if (!isThaid(x)) return response
	const endsAt = Math.floor(x.now / SECOND) + response.expires_in
	return { ...flatClaims(x), ...response, expires_in: endsAt, expire_in: endsAt }
}

function flatClaims(x: Exchange): object {
	const scope = set(x.authorization.scope, 'scope')
	if (scope.includes('openid')) return {}
	const account = set(x.found.account, 'account')
	return claimsFor(scope, readSnapshot(x.deps.vault, account), set(x.client, 'client'))
}

/** What an id_token says beside the claims of its scopes, and whether all of them have to be in it. */
export const idTokenExtras = (x: Exchange): { claims: Record<string, unknown>; whole: boolean } =>
	isThaid(x) ? { claims: { version: '2' }, whole: true } : { claims: {}, whole: false }

/** RFC 7009 §2.2: the body means nothing, but some clients read JSON. */
export const revokedBody = (x: Exchange): object => (isThaid(x) ? { status: 'OK', message: 'revoked' } : {})

/** RFC 7662 §2.2. ThaID: these three and no more. */
export function introspectionBody(x: Exchange, body: Readonly<Record<string, unknown>>): object {
	if (!isThaid(x) || body.active !== true) return body
	return { active: true, sub: body.sub, scope: body.scope }
}

/** The error as the client knows it. A code that is wrong or used is ThaID's `invalid_request`, a refresh token has its own. */
export function errorInDialect(x: Exchange, error: ProtocolError): ProtocolError {
	if (!isThaid(x)) return error
	if (error.error === 'invalid_grant')
		return x.params.get('grant_type') === 'refresh_token'
			? new ProtocolError('invalid_refresh_token', 'The refresh token is invalid', { ...error.options, status: 401 })
			: new ProtocolError('invalid_request', 'The code is invalid', error.options)
	if (error.error === 'invalid_request' && (x.endpoint === 'introspect' || x.endpoint === 'revoke'))
		return new ProtocolError('invalid_request', 'The body is invalid', error.options)
	return error
}

/** RFC 6749 §4.1.2.1 `access_denied`: ThaID says `user_denied`. */
export const redirectErrorInDialect = (client: Pick<Client, 'profile'>, error: string): string =>
	client.profile === 'thaid-v2' && error === 'access_denied' ? 'user_denied' : error
