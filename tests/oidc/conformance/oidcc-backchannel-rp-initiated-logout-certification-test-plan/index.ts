import { AT, answering, forged, withParams } from '../kit/broken.ts'
import { headerOf, verified } from '../kit/flows.ts'
import { BEFORE_LOGOUT, goneFrom, leave, signedInToLeave } from '../kit/logout.ts'
import { FETCHED, fetched, isHttps } from '../kit/metadata.ts'
import type { Module, Plan } from '../kit/module.ts'
import { randomText } from '../kit/run.ts'
import { SUITE } from '../kit/suite.ts'

/** OpenID Connect Back-Channel Logout: relying parties are told that a session ended. */
const EVENT = 'http://schemas.openid.net/event/backchannel-logout'

const discovery: Module = {
	name: 'oidcc-backchannel-logout-discovery-endpoint-verification',
	conditions: [
		...FETCHED,
		'CheckDiscEndpointBackchannelLogoutSupported',
		'CheckDiscEndpointBackchannelLogoutSessionSupported',
		'CheckDiscEndSessionEndpoint',
	],
	async run(op) {
		const server = await fetched(op)
		const { backchannel_logout_supported: supported, backchannel_logout_session_supported: sid } = server
		op.check('CheckDiscEndpointBackchannelLogoutSupported', supported === true, supported)
		op.check('CheckDiscEndpointBackchannelLogoutSessionSupported', sid === true, sid)
		op.check('CheckDiscEndSessionEndpoint', isHttps(server.end_session_endpoint), server.end_session_endpoint)
	},
	broken: answering(AT.discovery, 'does not say that it names sessions', (body) => {
		const { backchannel_logout_session_supported: _, ...others } = body
		return others
	}),
}

const logout: Module = {
	name: 'oidcc-backchannel-rp-initiated-logout',
	conditions: [
		...BEFORE_LOGOUT,
		'ExpectBackchannelLogoutRequest',
		'ExtractLogoutTokenFromBackchannelLogoutRequest',
		'CheckForUnexpectedParametersInBackchannelLogoutRequest',
		'ValidateLogoutTokenSignature',
		'ValidateLogoutTokenClaims',
		'CheckIdTokenSubMatchesLogoutToken',
		'CheckIdTokenSidMatchesLogoutToken',
		'CheckLogoutTokenNoNonce',
		'ExpectPostLogoutRedirect',
	],
	async run(op) {
		const path = `/test/a/${randomText()}/backchannel_logout`
		const leaving = await signedInToLeave(op, { backchannelLogoutUri: `${SUITE}${path}` })
		const departure = await leave(op, leaving)
		op.check('ExpectPostLogoutRedirect', departure.at === 'redirect', departure.at)
		const told = await op.told(path)
		const { form } = op.must('ExpectBackchannelLogoutRequest', told, 'nothing came within five seconds')
		const jwt = op.must('ExtractLogoutTokenFromBackchannelLogoutRequest', form.get('logout_token'))
		const others = [...form.keys()].filter((name) => name !== 'logout_token')
		op.check('CheckForUnexpectedParametersInBackchannelLogoutRequest', others.length === 0, others)
		const token = op.must('ValidateLogoutTokenSignature', await verified(op, jwt), 'no signature of a published key')
		const { iss, aud, iat, exp, jti, events } = token
		const timely = typeof iat === 'number' && Math.abs(op.book.now() - iat) <= 60 && Number(exp) > op.book.now()
		const named = iss === op.book.issuer && aud === leaving.rp.id && typeof jti === 'string'
		const event = (events as Record<string, unknown> | undefined)?.[EVENT]
		op.check(
			'ValidateLogoutTokenClaims',
			timely && named && typeof event === 'object',
			JSON.stringify({ iat, exp, events }),
		)
		op.check('CheckIdTokenSubMatchesLogoutToken', token.sub === leaving.claims.sub, 'another sub')
		const { sid } = leaving.claims
		op.check('CheckIdTokenSidMatchesLogoutToken', typeof sid === 'string' && token.sid === sid, 'another sid')
		op.check('CheckLogoutTokenNoNonce', !('nonce' in token), 'a nonce')
		await goneFrom(op, leaving.rp)
	},
	broken: {
		what: 'puts a nonce into logout tokens, which so could pass for id_tokens',
		outgoing: (book) => async (request, next) => {
			const form = new URLSearchParams(await request.text())
			const jwt = form.get('logout_token') ?? ''
			const header = { ...headerOf(jwt) }
			const made = await forged(jwt, form, book, (forgery) => {
				forgery.payload.nonce = randomText()
				forgery.header = header
			})
			form.set('logout_token', made)
			return next(withParams(request, form))
		},
	},
}

export const backchannel: Plan = {
	name: 'oidcc-backchannel-rp-initiated-logout-certification-test-plan',
	variant: 'discovery, static clients, client_secret_basic',
	modules: [discovery, logout],
}
