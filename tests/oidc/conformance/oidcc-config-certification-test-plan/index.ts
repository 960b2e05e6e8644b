import { AT, answering } from '../kit/broken.ts'
import { read } from '../kit/flows.ts'
import { FETCHED, fetched, isHttps, lists, urlOf } from '../kit/metadata.ts'
import type { Module, Plan } from '../kit/module.ts'
import type { Metadata, Run } from '../kit/run.ts'

/** What the metadata of every OpenID provider says (OpenID Connect Discovery §3, §4.3). */
const discovery: Module = {
	name: 'oidcc-discovery-endpoint-verification',
	conditions: [
		...FETCHED,
		'OIDCCCheckDiscEndpointResponseTypesSupported',
		'CheckDiscEndpointDiscoveryUrl',
		'CheckDiscEndpointIssuer',
		'CheckDiscEndpointIssuerIsValidUrl',
		'CheckDiscEndpointSubjectTypesSupported',
		'OIDCCCheckDiscEndpointIdTokenSigningAlgValuesSupported',
		'OIDCCCheckDiscEndpointUserinfoSigningAlgValuesSupported',
		'CheckDiscEndpointAuthorizationEndpoint',
		'CheckDiscEndpointTokenEndpoint',
		'CheckDiscEndpointUserinfoEndpoint',
		'CheckJwksUri',
		'FetchServerKeys',
		'ValidateServerJWKs',
		'CheckDistinctKeyIdValueInServerJWKs',
		'EnsureServerJwksDoesNotContainPrivateOrSymmetricKeys',
		'CheckDiscEndpointRequestParameterSupported',
		'CheckDiscEndpointRequestUriParameterSupported',
		'CheckDiscEndpointClaimsParameterSupported',
		'OIDCCCheckDiscEndpointClaimsSupported',
		'OIDCCCheckDiscEndpointGrantTypesSupported',
		'CheckDiscEndpointScopesSupportedContainsOpenId',
		'CheckDiscEndpointScopesSupportedSyntax',
		'CheckDiscEndpointLocalesSyntax',
		'EnsureServerConfigurationCodeChallengeMethodsSupportedIsAnArray',
	],
	async run(op) {
		const server = await fetched(op)
		checkIdentity(op, server)
		checkLists(op, server)
		await checkKeys(op, server)
	},
	broken: answering(AT.discovery, 'does not list RS256, which every provider has to offer for id_tokens', (body) => ({
		...body,
		id_token_signing_alg_values_supported: ['ES256'],
	})),
}

function checkIdentity(op: Run, server: Metadata): void {
	const { issuer } = server
	op.check('CheckDiscEndpointDiscoveryUrl', urlOf(op).endsWith('/.well-known/openid-configuration'), urlOf(op))
	op.check('CheckDiscEndpointIssuer', `${issuer}/.well-known/openid-configuration` === urlOf(op), issuer)
	const { search, hash } = new URL(issuer)
	op.check('CheckDiscEndpointIssuerIsValidUrl', isHttps(issuer) && search === '' && hash === '', issuer)
	op.check(
		'CheckDiscEndpointAuthorizationEndpoint',
		isHttps(server.authorization_endpoint),
		server.authorization_endpoint,
	)
	op.check('CheckDiscEndpointTokenEndpoint', isHttps(server.token_endpoint), server.token_endpoint)
	op.check('CheckDiscEndpointUserinfoEndpoint', isHttps(server.userinfo_endpoint), server.userinfo_endpoint)
	op.check('CheckJwksUri', isHttps(server.jwks_uri), server.jwks_uri)
}

function checkLists(op: Run, server: Metadata): void {
	op.check('OIDCCCheckDiscEndpointResponseTypesSupported', lists(server.response_types_supported, 'code'), 'no code')
	const subjects = server.subject_types_supported
	const some = lists(subjects, 'pairwise') || lists(subjects, 'public')
	op.check('CheckDiscEndpointSubjectTypesSupported', some, subjects)
	const algs = server.id_token_signing_alg_values_supported
	op.check('OIDCCCheckDiscEndpointIdTokenSigningAlgValuesSupported', lists(algs, 'RS256'), algs)
	const userinfoAlgs = server.userinfo_signing_alg_values_supported
	const known = userinfoAlgs === undefined || lists(userinfoAlgs)
	op.check('OIDCCCheckDiscEndpointUserinfoSigningAlgValuesSupported', known, userinfoAlgs)
	for (const [condition, member] of [
		['CheckDiscEndpointRequestParameterSupported', server.request_parameter_supported],
		['CheckDiscEndpointRequestUriParameterSupported', server.request_uri_parameter_supported],
		['CheckDiscEndpointClaimsParameterSupported', server.claims_parameter_supported],
	] as const)
		op.check(condition, typeof member === 'boolean', member)
	op.check('OIDCCCheckDiscEndpointClaimsSupported', lists(server.claims_supported, 'sub'), server.claims_supported)
	const grants = server.grant_types_supported
	op.check('OIDCCCheckDiscEndpointGrantTypesSupported', lists(grants, 'authorization_code'), grants)
	const scopes = server.scopes_supported
	op.check('CheckDiscEndpointScopesSupportedContainsOpenId', lists(scopes, 'openid'), scopes)
	// RFC 6749 §3.3
	const spelt = Array.isArray(scopes) && scopes.every((scope) => /^[\x21\x23-\x5b\x5d-\x7e]+$/.test(String(scope)))
	op.check('CheckDiscEndpointScopesSupportedSyntax', spelt, scopes)
	const locales = server.ui_locales_supported
	const tagged = !Array.isArray(locales) || locales.every((tag) => Intl.getCanonicalLocales(String(tag))[0] === tag)
	op.check('CheckDiscEndpointLocalesSyntax', tagged, locales)
	const methods = server.code_challenge_methods_supported
	op.check('EnsureServerConfigurationCodeChallengeMethodsSupportedIsAnArray', lists(methods), methods)
}

async function checkKeys(op: Run, { jwks_uri }: Metadata): Promise<void> {
	const { status, body } = await read(await op.send(jwks_uri))
	const keys = (Array.isArray(body.keys) ? body.keys : []) as (JsonWebKey & { kid?: string })[]
	op.check('FetchServerKeys', status === 200 && keys.length > 0, status)
	const whole = keys.every(
		(key) => (key.kty === 'RSA' && key.n && key.e) || (key.crv && key.x && (key.kty === 'OKP' || key.y)),
	)
	op.check(
		'ValidateServerJWKs',
		whole,
		keys.map(({ kty }) => kty),
	)
	const kids = keys.map(({ kid }) => kid)
	op.check('CheckDistinctKeyIdValueInServerJWKs', !kids.includes(undefined) && new Set(kids).size === kids.length, kids)
	const secret = keys.filter((key) => key.d !== undefined || key.kty === 'oct')
	op.check('EnsureServerJwksDoesNotContainPrivateOrSymmetricKeys', secret.length === 0, secret.length)
}

export const config: Plan = {
	name: 'oidcc-config-certification-test-plan',
	variant: 'discovery, static clients',
	modules: [discovery],
}
