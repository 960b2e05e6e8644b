import { createHmac } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportJWK, generateKeyPair } from 'jose'
import * as oidcProvider from 'oidc-provider'
import { APPROVED, type Cast, type ProfileName, SCOPE, type Server, SIGNED_OUT } from '../hostile/kit/server.ts'
import type { Rp } from '../kit/relying-party.ts'

/** The part of `oidc-provider` that is used here: the package ships no types. */
interface Peer {
	callback(): (request: IncomingMessage, response: ServerResponse) => void
	Grant: new (
		of: object,
	) => { addOIDCScope(scope: string): void; addOIDCClaims(claims: string[]): void; save(): Promise<string> }
	Session: new (of: object) => { uid: string; save(seconds: number): Promise<string> }
}
interface Context {
	type: string
	body: string
	oidc: { client: { clientId: string } }
}
const { default: Provider, errors } = oidcProvider as unknown as {
	default: new (issuer: string, configuration: object) => Peer
	errors: Record<'InvalidTarget' | 'InvalidAuthorizationDetails', new (detail?: string) => Error>
}

export type PeerServer = Server & { close(): void }

const ACCOUNT = 'citizen-1'
const COOKIE_KEY = 'a key of the tests'

/**
 * `oidc-provider` with every feature that we have too, the same relying parties, and a browser in which the citizen is
 * signed in and has consented. Its `fapi2` is FAPI 2.0 as it understands it; there is no `thaid-v2` elsewhere.
 */
export async function openPeer(casts: Record<ProfileName, Cast>): Promise<PeerServer> {
	const http = createServer()
	await new Promise<void>((listening) => http.listen(0, '127.0.0.1', listening))
	const issuer = `http://127.0.0.1:${(http.address() as AddressInfo).port}`
	const strict = [casts.fapi2.rp.id, casts.fapi2.other.id]
	const both = [casts.fapi2, casts.oidc]
	const clients = both.flatMap(({ rp, other }) => [rp, other])
	const addresses = new Map(
		both.flatMap(
			({ rp, other }) =>
				[
					[rp.id, SIGNED_OUT.rp],
					[other.id, SIGNED_OUT.other],
				] as const,
		),
	)
	const provider: Peer = new Provider(issuer, {
		clients: clients.map((rp) => ({
			...metadata(rp, strict.includes(rp.id)),
			post_logout_redirect_uris: [addresses.get(rp.id)],
			authorization_details_types: ['dopa_mandate'],
		})),
		jwks: { keys: await Promise.all(['RS256', 'ES256'].map(newKey)) },
		// A form of another site brings its cookies only so.
		cookies: { keys: [COOKIE_KEY], long: { sameSite: 'none' } },
		enableHttpPostMethods: true,
		claims: { openid: ['sub'], pid: ['pid'], name: ['name'], gender: ['gender'], acr: null, auth_time: null },
		scopes: ['openid', 'offline_access', ...APPROVED, 'address'],
		allowOmittingSingleRegisteredRedirectUri: false,
		issueRefreshToken: () => true,
		acrValues: ['phr'],
		features: {
			claimsParameter: { enabled: true },
			devInteractions: { enabled: false },
			dPoP: { enabled: true },
			fapi: {
				enabled: true,
				profile: (_: unknown, client?: { clientId: string }) =>
					client && strict.includes(client.clientId) ? '2.0' : undefined,
			},
			introspection: { enabled: true },
			jwtIntrospection: { enabled: true },
			jwtResponseModes: { enabled: true },
			pushedAuthorizationRequests: { enabled: true },
			requestObjects: { enabled: true },
			revocation: { enabled: true },
			resourceIndicators: { enabled: true, getResourceServerInfo: unknownResource },
			richAuthorizationRequests: {
				enabled: true,
				types: { dopa_mandate: { validate: mandate }, dopa_document_signature: { validate: mandate } },
				...unasked,
			},
			rpInitiatedLogout: { enabled: true },
		},
		ttl: {
			AccessToken: 900,
			AuthorizationCode: 60,
			Grant: 86_400,
			IdToken: 3_600,
			Interaction: 600,
			RefreshToken: 86_400,
			Session: 43_200,
		},
		expiresWithSession: () => false,
		findAccount: (_: unknown, id: string) => ({
			accountId: id,
			claims: () => ({ sub: id, pid: 'a pid', name: 'a name' }),
		}),
		interactions: { url: () => '/interaction' },
		// It ends with its first code's second use.
		loadExistingGrant: (context: Context) => consented(provider, context.oidc.client.clientId),
		renderError(context: Context, out: { error: string }) {
			context.type = 'html'
			context.body = `<body data-error="${out.error}">`
		},
	})
	http.on('request', provider.callback())
	return {
		issuer,
		paths: {
			authorize: '/auth',
			par: '/request',
			token: '/token',
			userinfo: '/me',
			introspect: '/token/introspection',
			revoke: '/token/revocation',
			end_session: '/session/end',
			// Nobody else has it.
			logout_deliveries: '/nowhere',
		},
		now: Date.now,
		advance() {
			throw new Error('its time is the machine’s')
		},
		cookie: await session(provider, clients),
		casts,
		fetch: (request) => fetch(request, { redirect: 'manual' }),
		close: () => http.close(),
	}
}

function unknownResource(): never {
	throw new errors.InvalidTarget()
}

/** Its types are checked by whoever sets it up: as ours, as far as a line goes. */
function mandate(_: unknown, detail: Record<string, unknown>): void {
	if (typeof detail.act !== 'string' || detail.act === '') throw new errors.InvalidAuthorizationDetails('act')
}

/** What is done with details that were granted: nothing here goes so far. */
const unasked = {
	authorizationDetailsForGrantSource: () => undefined,
	authorizationDetailsForAccessToken: () => undefined,
	authorizationDetailsForIntrospection: () => undefined,
}

const metadata = (rp: Rp, strict: boolean) => ({
	client_id: rp.id,
	redirect_uris: [rp.redirectUri],
	scope: APPROVED.join(' '),
	token_endpoint_auth_method: rp.authMethod,
	grant_types: ['authorization_code', 'refresh_token'],
	id_token_signed_response_alg: strict ? 'ES256' : 'RS256',
	...(strict
		? {
				jwks: { keys: rp.keys.map(({ publicJwk }) => publicJwk) },
				dpop_bound_access_tokens: true,
				require_pushed_authorization_requests: true,
			}
		: { client_secret: rp.secret }),
})

type Grant = InstanceType<Peer['Grant']>

async function consented(provider: Peer, clientId: string): Promise<Grant> {
	const grant = new provider.Grant({ accountId: ACCOUNT, clientId })
	grant.addOIDCScope(SCOPE)
	grant.addOIDCClaims(['auth_time', 'acr'])
	await grant.save()
	return grant
}

/** Signed in. @returns the Cookie header, signed as Keygrip does */
async function session(provider: Peer, clients: Rp[]): Promise<string> {
	const authorizations = Object.fromEntries(clients.map(({ id }) => [id, { sid: `sid-${id}` }]))
	const loginTs = Math.floor(Date.now() / 1_000)
	const jti = 'a-session-of-the-tests'
	await new provider.Session({ jti, accountId: ACCOUNT, loginTs, acr: 'phr', authorizations }).save(43_200)
	const pair = `_session=${jti}`
	return `${pair}; _session.sig=${createHmac('sha1', COOKIE_KEY).update(pair).digest('base64url')}`
}

async function newKey(alg: string): Promise<object> {
	const { privateKey } = await generateKeyPair(alg, { extractable: true })
	return { ...(await exportJWK(privateKey)), alg, use: 'sig', kid: alg }
}
