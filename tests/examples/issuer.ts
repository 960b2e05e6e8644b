import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import Provider, { type ClientMetadata, type JWK } from 'oidc-provider'
import { demoCredentials } from '../../examples/agency/demo-credentials.ts'

/**
 * Somebody else's OpenID provider (`oidc-provider`) for the sample agency: what works here and at our own provider
 * works because of the standard, not because of us. Its one citizen always signs in, or always refuses.
 */
export interface Issuer {
	url: string
	/** Let the next sign-ins end in `access_denied`. */
	refuses: boolean
	close(): void
}

const claims: Record<string, string[]> = { openid: ['sub'], pid: ['pid'], name: ['name'], address: ['address'] }
const citizen = {
	sub: 'citizen-1',
	pid: '1980000009903',
	name: 'ทดสอบ <b>ตัวอย่าง</b>',
	address: { formatted: '1 หมู่ 2 ตำบลตัวอย่าง', country: 'TH' },
}

/** @param callback the agency's redirect URI */
export async function startIssuer(callback: () => string): Promise<Issuer> {
	const server = createServer()
	await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
	const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
	const state: Issuer = { url, refuses: false, close: () => server.close() }

	const common: Partial<ClientMetadata> = {
		redirect_uris: [callback()],
		require_auth_time: true,
		default_acr_values: ['aal2'],
	}
	const secret = { client_secret: demoCredentials.clientSecret }
	const { d: _, ...publicJwk } = demoCredentials.privateJwk
	const provider = new Provider(url, {
		clients: [
			{ ...common, ...secret, client_id: 'sample-agency', token_endpoint_auth_method: 'client_secret_basic' },
			{ ...common, ...secret, client_id: 'sample-agency-post', token_endpoint_auth_method: 'client_secret_post' },
			{
				...common,
				client_id: 'sample-agency-jwt',
				token_endpoint_auth_method: 'private_key_jwt',
				token_endpoint_auth_signing_alg: 'ES256',
				id_token_signed_response_alg: 'ES256',
				jwks: { keys: [publicJwk] },
			},
		],
		jwks: { keys: [await newKey('RSASSA-PKCS1-v1_5', 'RS256'), await newKey('ECDSA', 'ES256')] },
		cookies: { keys: ['test'] },
		claims,
		acrValues: ['aal2'],
		scopes: Object.keys(claims),
		features: { devInteractions: { enabled: false } },
		findAccount: (_ctx, id) => ({ accountId: id, claims: () => citizen }),
		interactions: { url: (_ctx, interaction) => `/interaction/${interaction.uid}` },
		async loadExistingGrant(ctx) {
			const grant = new ctx.oidc.provider.Grant({
				clientId: ctx.oidc.client?.clientId ?? '',
				accountId: ctx.oidc.session?.accountId ?? '',
			})
			grant.addOIDCScope(String(ctx.oidc.params?.scope ?? ''))
			await grant.save()
			return grant
		},
	})
	const oidc = provider.callback()
	server.on('request', (request, response) => {
		if (!request.url?.startsWith('/interaction/')) return oidc(request, response)
		const result = state.refuses ? { error: 'access_denied' } : { login: { accountId: citizen.sub, acr: 'aal2' } }
		return provider.interactionFinished(request, response, result)
	})
	return state
}

async function newKey(name: 'RSASSA-PKCS1-v1_5' | 'ECDSA', alg: string): Promise<JWK> {
	const how =
		name === 'ECDSA'
			? { name, namedCurve: 'P-256' }
			: { name, modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]), hash: 'SHA-256' }
	const { privateKey } = (await crypto.subtle.generateKey(how, true, ['sign', 'verify'])) as CryptoKeyPair
	const { key_ops: _, ext: __, ...jwk } = await crypto.subtle.exportKey('jwk', privateKey)
	return { ...jwk, alg, use: 'sig', kid: alg } as JWK
}
