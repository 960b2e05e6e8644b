import { createHash } from 'node:crypto'
import { AT, idTokens, overlooking, refusing } from '../kit/broken.ts'
import { signIn, userinfo } from '../kit/flows.ts'
import { type Module, SIGNED_IN, USERINFO } from '../kit/module.ts'
import { randomText } from '../kit/run.ts'

/** Parameters that a server may ignore, and may not stumble over (OpenID Connect Core §3.1.2.1, §15.1). */
const tolerated = (name: string, parameter: string, value: string): Module => ({
	name,
	conditions: [...SIGNED_IN],
	async run(op) {
		await signIn(op, await op.client(), { change: { [parameter]: value } })
	},
	broken: refusing(
		AT.authorize,
		`refuses a request with \`${parameter}=${value}\``,
		(params) => params.get(parameter) === value,
	),
})

const displayPage = tolerated('oidcc-display-page', 'display', 'page')
const displayPopup = tolerated('oidcc-display-popup', 'display', 'popup')
const unknown = tolerated('oidcc-ensure-request-with-unknown-parameter-succeeds', 'extra', 'foobar')
const loginHint = tolerated('oidcc-login-hint', 'login_hint', 'buffy@example.com')
const uiLocales = tolerated('oidcc-ui-locales', 'ui_locales', 'se')
const claimsLocales = tolerated('oidcc-claims-locales', 'claims_locales', 'se')

const acrValues: Module = {
	name: 'oidcc-ensure-request-with-acr-values-succeeds',
	conditions: [...SIGNED_IN, 'CheckIdTokenAcrAgainstAcrValuesRequested'],
	async run(op) {
		const { acr_values_supported } = await op.discovery()
		const [first = 'phr'] = Array.isArray(acr_values_supported) ? (acr_values_supported as string[]) : []
		// The passkey of this device gives `phr`, which satisfies every lesser wish.
		const wished = `${first} phr`
		const { claims } = await signIn(op, await op.client(), { change: { acr_values: wished } })
		const told = claims.acr !== undefined && wished.split(' ').includes(claims.acr)
		op.check('CheckIdTokenAcrAgainstAcrValuesRequested', told, claims.acr)
	},
	broken: idTokens('says of every sign-in that it reached `0`', ({ payload }) => {
		payload.acr = '0'
	}),
}

const byPost: Module = {
	name: 'oidcc-ensure-post-request-succeeds',
	conditions: [...SIGNED_IN],
	async run(op) {
		await signIn(op, await op.client(), { method: 'POST' })
	},
	broken: refusing(AT.authorize, 'serves no POST of the authorization endpoint', (_, { method }) => method === 'POST'),
}

const pkce: Module = {
	name: 'oidcc-ensure-request-with-valid-pkce-succeeds',
	conditions: [...SIGNED_IN],
	async run(op) {
		const verifier = `${randomText()}${randomText()}`
		const challenge = createHash('sha256').update(verifier).digest('base64url')
		const change = { code_challenge: challenge, code_challenge_method: 'S256' }
		await signIn(op, await op.client(), { change, form: { code_verifier: verifier } })
	},
	broken: refusing(
		AT.token,
		'takes every code_verifier of a client with a secret for a wrong one',
		(params, { headers }) => params.has('code_verifier') && headers.has('authorization'),
		'invalid_grant',
	),
}

const claimsEssential: Module = {
	name: 'oidcc-claims-essential',
	conditions: [...SIGNED_IN, USERINFO, 'EnsureUserInfoContainsName'],
	async run(op) {
		const claims = JSON.stringify({ userinfo: { name: { essential: true } } })
		const done = await signIn(op, await op.client(), { change: { claims } })
		const { body } = await userinfo(op, done)
		op.check('EnsureUserInfoContainsName', typeof body.name === 'string' && body.name !== '', Object.keys(body))
	},
	broken: overlooking(
		AT.authorize,
		'ignores the `claims` parameter',
		(params) => params.has('claims'),
		(params) => params.delete('claims'),
	),
}

const secretPost: Module = {
	name: 'oidcc-server-client-secret-post',
	conditions: [...SIGNED_IN, 'EnsureServerConfigurationSupportsClientSecretPost'],
	async run(op) {
		const { token_endpoint_auth_methods_supported: methods } = await op.discovery()
		const listed = Array.isArray(methods) && methods.includes('client_secret_post')
		op.check('EnsureServerConfigurationSupportsClientSecretPost', listed, methods)
		await signIn(op, await op.client({ authMethod: 'client_secret_post' }))
	},
	broken: refusing(
		AT.token,
		'reads no client secret in the body',
		(params) => params.has('client_secret'),
		'invalid_client',
		401,
	),
}

export const parameters = {
	displayPage,
	displayPopup,
	unknown,
	loginHint,
	uiLocales,
	claimsLocales,
	acrValues,
	byPost,
	pkce,
	claimsEssential,
	secretPost,
}
