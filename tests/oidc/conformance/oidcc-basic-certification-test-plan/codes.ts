import { basic } from '../../kit/requests.ts'
import type { Book } from '../kit/book.ts'
import { AT, overlooking, paramsOf, placeOf, withParams } from '../kit/broken.ts'
import {
	authorized,
	clientPost,
	completed,
	exchange,
	idTokenOf,
	read,
	type SignedIn,
	signIn,
	tokensOf,
} from '../kit/flows.ts'
import { type Module, SIGNED_IN } from '../kit/module.ts'
import type { Run } from '../kit/run.ts'
import type { Intermediary } from '../kit/variant.ts'

/** What a code and a refresh token are good for, and how often. */
const REUSED = ['CheckTokenEndpointHttpStatus400', 'CheckErrorFromTokenEndpointResponseErrorInvalidGrant'] as const

const reuse: Module = {
	name: 'oidcc-codereuse',
	conditions: [...SIGNED_IN, ...REUSED],
	async run(op) {
		await usedTwice(op)
	},
	broken: {
		what: 'answers a second use of a code as the first, to clients with a secret, within ten seconds',
		intermediary: (book) => repeating(book, 10, ({ headers }) => headers.has('authorization')),
	},
}

const reuseLater: Module = {
	name: 'oidcc-codereuse-30seconds',
	conditions: [...SIGNED_IN, ...REUSED, 'EnsureAccessTokenIsRevokedByCodeReuse'],
	async run(op) {
		const { tokens } = await usedTwice(op, 30_000)
		const { userinfo_endpoint } = await op.discovery()
		const headers = { authorization: `Bearer ${tokens.access_token}` }
		const { status } = await read(await op.send(userinfo_endpoint, { headers }))
		op.check('EnsureAccessTokenIsRevokedByCodeReuse', status === 401, status)
	},
	broken: {
		what: 'lets tokens live on whose code was used twice by a client with a secret',
		intermediary({ provider }) {
			const straight: Intermediary = async (request, next) => {
				const response = await next(request)
				if (placeOf(request) === AT.token && request.headers.has('authorization') && response.status === 400)
					await provider.client.execute('UPDATE access_tokens SET ended_at = NULL')
				return response
			}
			return straight
		},
	},
}

async function usedTwice(op: Run, wait = 0): Promise<SignedIn> {
	const done = await signIn(op, await op.client())
	op.wait(wait)
	const { status, body } = await exchange(op, done)
	op.check('CheckTokenEndpointHttpStatus400', status === 400, status)
	op.check('CheckErrorFromTokenEndpointResponseErrorInvalidGrant', body.error === 'invalid_grant', body.error)
	return done
}

/** Gives the answer that a code has had once more. @param seconds as long as it is no older */
export function repeating(book: Book, seconds: number, when: (request: Request) => boolean): Intermediary {
	const given = new Map<string, { response: Response; at: number }>()
	return async (request, next) => {
		if (placeOf(request) !== AT.token || !when(request)) return next(request)
		const params = await paramsOf(request)
		const code = params.get('code') ?? ''
		if (code === '') return next(withParams(request, params))
		const before = given.get(code)
		if (before && book.now() - before.at <= seconds) return before.response.clone()
		const response = await next(withParams(request, params))
		if (response.status === 200) given.set(code, { response: response.clone(), at: book.now() })
		return response
	}
}

const refresh: Module = {
	name: 'oidcc-refresh-token',
	conditions: [
		...SIGNED_IN,
		'ExtractRefreshTokenFromTokenResponse',
		'EnsureServerConfigurationSupportsRefreshToken',
		'EnsureRefreshTokenContainsAllowedCharactersOnly',
		'CompareIdTokenClaims',
		'EnsureAccessTokenValuesAreDifferent',
		'EnsureRefreshTokenIsBoundToClient',
	],
	async run(op) {
		const grantTypes = JSON.stringify(['authorization_code', 'refresh_token'])
		const [first, second] = [await op.client({ grantTypes }), await op.client({ grantTypes })]
		const { token_endpoint, grant_types_supported: listed } = await op.discovery()
		const done = await completed(
			op,
			await authorized(op, first, { change: { scope: 'openid offline_access', prompt: 'consent' } }),
		)
		const token = op.must('ExtractRefreshTokenFromTokenResponse', done.tokens.refresh_token, 'no refresh token')
		// RFC 6749 appendix A.17
		op.check('EnsureRefreshTokenContainsAllowedCharactersOnly', /^[\x20-\x7e]+$/.test(token), 'others')
		const supported = Array.isArray(listed) && listed.includes('refresh_token')
		op.check('EnsureServerConfigurationSupportsRefreshToken', supported, listed)
		const form = (refresh_token: string) => new URLSearchParams({ grant_type: 'refresh_token', refresh_token })
		const renewed = tokensOf(op, await clientPost(op, token_endpoint, first, form(token)))
		op.check('EnsureAccessTokenValuesAreDifferent', renewed.access_token !== done.tokens.access_token, 'the same')
		// OpenID Connect Core §12.2: an id_token need not come; one that comes has no nonce or the first one's.
		const again = renewed.id_token ? await idTokenOf(op, first, renewed.id_token, null) : done.claims
		const same = again.sub === done.claims.sub && again.auth_time === done.claims.auth_time
		op.check('CompareIdTokenClaims', same, `${again.sub === done.claims.sub}, ${again.auth_time}`)
		const newest = renewed.refresh_token ?? token
		const stolen = await clientPost(op, token_endpoint, second, form(newest))
		op.check(
			'EnsureRefreshTokenIsBoundToClient',
			stolen.body.error === 'invalid_grant',
			`${stolen.status} ${stolen.body.error}`,
		)
	},
	broken: overlooking(
		AT.token,
		'gives tokens for a refresh token of another client with a secret',
		(params, { headers }) => params.get('grant_type') === 'refresh_token' && headers.has('authorization'),
		(params, headers, book) => {
			const [first] = book.clients.values()
			if (first && params.has('refresh_token')) headers.set('authorization', basic(first.id, first.secret))
		},
	),
}

export const codes = { reuse, reuseLater, refresh }
