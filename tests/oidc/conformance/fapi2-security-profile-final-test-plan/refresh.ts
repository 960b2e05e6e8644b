import { newDpopKey } from '../kit/book.ts'
import { AT, overlooking } from '../kit/broken.ts'
import { proof } from '../kit/dpop.ts'
import {
	FAPI_FLOW,
	type FapiSignedIn,
	fapiClient,
	fapiSignIn,
	REFUSED_TOKEN,
	reached,
	refusedToken,
} from '../kit/fapi.ts'
import { clientPost, idTokenOf, tokensOf } from '../kit/flows.ts'
import type { Module } from '../kit/module.ts'
import type { Run } from '../kit/run.ts'
import { PREFIX } from './names.ts'

const NO_PROOF = 'CheckTokenEndpointReturnedInvalidClientGrantRequestOrDPopProofError'
const OTHER_CLIENT = 'CheckErrorFromTokenEndpointResponseErrorInvalidGrant'

/** Refresh tokens: not rotated, bound to the client and to its key (FAPI 2.0 §5.3.2.1). */
export const refresh: Module = {
	name: `${PREFIX}-refresh-token`,
	conditions: [
		...FAPI_FLOW,
		...REFUSED_TOKEN,
		'ExtractRefreshTokenFromTokenResponse',
		'EnsureServerConfigurationSupportsRefreshToken',
		'EnsureRefreshTokenContainsAllowedCharactersOnly',
		'EnsureAccessTokenValuesAreDifferent',
		'CheckIdTokenSubConsistent',
		'ValidateRefreshTokenNotRotatedOrOldOneStillGood',
		NO_PROOF,
		OTHER_CLIENT,
	],
	async run(op) {
		const { token_endpoint, grant_types_supported: listed } = await op.discovery()
		const supported = Array.isArray(listed) && listed.includes('refresh_token')
		op.check('EnsureServerConfigurationSupportsRefreshToken', supported, listed)
		const [first, second] = [await withRefresh(op), await withRefresh(op)]
		const renewed = await again(op, first, first.refreshToken)
		op.check('EnsureAccessTokenValuesAreDifferent', renewed.access_token !== first.tokens.access_token, 'the same')
		const told = renewed.id_token ? await idTokenOf(op, first.rp, renewed.id_token, null) : first.claims
		op.check('CheckIdTokenSubConsistent', told.sub === first.claims.sub, 'another sub')
		await reached(op, { ...first, tokens: renewed })
		op.wait(31_000)
		const kept = await again(op, first, first.refreshToken)
		op.check('ValidateRefreshTokenNotRotatedOrOldOneStillGood', kept.access_token !== '', 'no token')
		const bare = await clientPost(op, token_endpoint, first.rp, formOf(first.refreshToken))
		const errors = ['invalid_client', 'invalid_grant', 'invalid_request', 'invalid_dpop_proof']
		refusedToken(op, NO_PROOF, bare, errors)
		const stolen = await clientPost(op, token_endpoint, second.rp, formOf(first.refreshToken), { dpop: first.key })
		refusedToken(op, OTHER_CLIENT, stolen, ['invalid_grant'])
	},
	broken: overlooking(
		AT.token,
		'renews tokens without a proof of possession',
		(params, { headers }) =>
			params.get('grant_type') === 'refresh_token' && params.has('client_assertion') && !headers.has('dpop'),
		async (_, headers, book) => {
			const [key = await newDpopKey()] = book.proofKeys.values()
			headers.set('dpop', await proof(book, key, 'POST', `${book.issuer}${AT.token}`))
		},
	),
}

const formOf = (refresh_token: string) => new URLSearchParams({ grant_type: 'refresh_token', refresh_token })

async function withRefresh(op: Run): Promise<FapiSignedIn & { refreshToken: string }> {
	const rp = await fapiClient(op, { grantTypes: JSON.stringify(['authorization_code', 'refresh_token']) })
	const done = await fapiSignIn(op, rp, { change: { scope: 'openid offline_access', prompt: 'consent' } })
	const refreshToken = op.must('ExtractRefreshTokenFromTokenResponse', done.tokens.refresh_token)
	// RFC 6749 appendix A.17
	op.check('EnsureRefreshTokenContainsAllowedCharactersOnly', /^[\x20-\x7e]+$/.test(refreshToken), 'others')
	return { ...done, refreshToken }
}

async function again(op: Run, { rp, key }: FapiSignedIn, token: string) {
	const { token_endpoint } = await op.discovery()
	return tokensOf(op, await clientPost(op, token_endpoint, rp, formOf(token), { dpop: key }), 'DPoP')
}
