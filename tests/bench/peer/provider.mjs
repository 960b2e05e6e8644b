/**
 * The peer: oidc-provider, set up to do the work that the product does and no more. ES256 id_tokens with the claims
 * of the scopes in them, opaque access tokens, pairwise subjects, PKCE, client_secret_basic, a citizen's sealed data
 * opened at each answer. What would only cost it something (session-bound tokens, developer pages) is off.
 */
import { createHmac } from 'node:crypto'
import Provider from 'oidc-provider'
import { accountsIn, adapterOver } from './store.mjs'

const CLAIMS = {
	openid: ['sub'],
	pid: ['pid'],
	name: ['name'],
	birthdate: ['birthdate'],
	gender: ['gender'],
	address: ['address'],
	acr: null,
	amr: null,
	auth_time: null,
	iss: null,
}

/** @param settings see `../peer.ts` @param {import('node:sqlite').DatabaseSync} db */
export function createProvider(settings, db) {
	const pairwiseKey = Buffer.from(settings.pairwiseKey, 'base64url')
	const account = accountsIn(db, Buffer.from(settings.sealKey, 'base64url'))
	return new Provider(settings.issuer, {
		adapter: adapterOver(db),
		clients: [
			{
				client_id: settings.clientId,
				client_secret: settings.clientSecret,
				redirect_uris: [settings.redirectUri],
				token_endpoint_auth_method: 'client_secret_basic',
				id_token_signed_response_alg: 'ES256',
				subject_type: 'pairwise',
				grant_types: ['authorization_code', 'refresh_token'],
				require_auth_time: true,
				default_acr_values: ['phr'],
			},
		],
		jwks: { keys: settings.keys },
		cookies: { keys: [settings.cookieKey] },
		claims: CLAIMS,
		scopes: ['openid', 'pid', 'name', 'birthdate', 'gender', 'address'],
		acrValues: ['phr'],
		subjectTypes: ['pairwise'],
		pairwiseIdentifier: (_ctx, accountId, { sectorIdentifier }) =>
			createHmac('sha256', pairwiseKey).update(`${sectorIdentifier}\u0000${accountId}`).digest('base64url'),
		conformIdTokenClaims: false,
		expiresWithSession: () => false,
		features: {
			devInteractions: { enabled: false },
			pushedAuthorizationRequests: { enabled: true },
			introspection: { enabled: true },
		},
		rotateRefreshToken: true,
		issueRefreshToken: () => false,
		interactions: { url: (_ctx, interaction) => `/interaction/${interaction.uid}` },
		ttl: {
			AccessToken: 3_600,
			AuthorizationCode: 3_600,
			Grant: 86_400,
			IdToken: 3_600,
			PushedAuthorizationRequest: 90,
			RefreshToken: 86_400,
			Interaction: 600,
			Session: 43_200,
		},
		findAccount: (_ctx, id) => ({ accountId: id, claims: () => ({ sub: id, ...account(id) }) }),
	})
}
