/**
 * A relying party of the profile `fapi2`: every request pushed (PAR), a key instead of a secret (private_key_jwt), and
 * tokens that are worth nothing without the key that they are bound to (DPoP). `openid-client` does all of it; what is
 * left is to keep three values of each attempt and one session for each citizen. Runs on Bun and on Node 22.18.
 */
import { randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { createRemoteJWKSet, jwtVerify } from 'jose'
import * as oidc from 'openid-client'

const { ISSUER = 'http://localhost:8787', CLIENT_ID = 'fapi2-agency', CLIENT_JWK = '', PORT = '8788' } = process.env
const baseUrl = process.env.BASE_URL ?? `http://localhost:${PORT}`
const redirectUri = `${baseUrl}/callback`
const secure = baseUrl.startsWith('https:') ? '; Secure' : ''

// The private half of the key that is registered. A real agency has it from its secret store.
const jwk = JSON.parse(CLIENT_JWK)
const key = await crypto.subtle.importKey('jwk', jwk, { name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign'])

const config = await oidc.discovery(
	new URL(ISSUER),
	CLIENT_ID,
	{ id_token_signed_response_alg: 'ES256' },
	oidc.PrivateKeyJwt({ key, kid: jwk.kid }),
	{
		execute: [
			oidc.enableNonRepudiationChecks,
			// Plain http is for a provider on this very machine.
			...(new URL(ISSUER).hostname === 'localhost' ? [oidc.allowInsecureRequests] : []),
		],
	},
)
// Made anew at each start and never written down: whoever copies a token cannot use it.
const DPoP = oidc.getDPoPHandle(config, await oidc.randomDPoPKeyPair('ES256'))

interface Session {
	attempt?: { state: string; nonce: string; verifier: string }
	citizen?: { sub: string; sid: unknown; idToken: string; claims: object; refreshToken?: string }
}
// In this process's memory. An agency with more than one process keeps its sessions in a database.
const sessions = new Map<string, Session>()

const sessionOf = (request: IncomingMessage) =>
	sessions.get(/(?:^|; )agency=([\w-]+)/.exec(request.headers.cookie ?? '')?.[1] ?? '')

function startSession(response: ServerResponse, session: Session): void {
	const id = randomBytes(32).toString('base64url')
	sessions.set(id, session)
	response.setHeader('set-cookie', `agency=${id}; Path=/; HttpOnly; SameSite=Lax${secure}`)
}

function endSessions(which: (session: Session) => boolean): void {
	for (const [id, session] of sessions) if (which(session)) sessions.delete(id)
}

const redirect = (response: ServerResponse, location: string) => response.writeHead(303, { location }).end()
const json = (response: ServerResponse, status: number, body: object) =>
	response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))

async function signIn(_: IncomingMessage, response: ServerResponse) {
	const attempt = {
		state: oidc.randomState(),
		nonce: oidc.randomNonce(),
		verifier: oidc.randomPKCECodeVerifier(),
	}
	startSession(response, { attempt })
	const request = {
		redirect_uri: redirectUri,
		scope: 'openid pid name',
		state: attempt.state,
		nonce: attempt.nonce,
		code_challenge: await oidc.calculatePKCECodeChallenge(attempt.verifier),
		code_challenge_method: 'S256',
	}
	redirect(response, (await oidc.buildAuthorizationUrlWithPAR(config, request, { DPoP })).href)
}

async function callback(request: IncomingMessage, response: ServerResponse) {
	const session = sessionOf(request)
	if (!session?.attempt) return json(response, 400, { error: 'no sign-in was begun in this browser' })
	const { state, nonce, verifier } = session.attempt
	session.attempt = undefined
	// Checks iss and state, then the id_token: signature, iss, aud, exp, nonce.
	const answer = new URL(redirectUri + new URL(request.url ?? '', baseUrl).search)
	const checks = { expectedState: state, expectedNonce: nonce, pkceCodeVerifier: verifier, idTokenExpected: true }
	const tokens = await oidc.authorizationCodeGrant(config, answer, checks, undefined, { DPoP })
	const idTokenClaims = tokens.claims()
	const [sub, sid] = [idTokenClaims?.sub ?? '', idTokenClaims?.sid]
	const claims = await oidc.fetchUserInfo(config, tokens.access_token, sub, { DPoP })
	const idToken = tokens.id_token ?? ''
	// A new session for a new right: whoever knew the old cookie gains nothing.
	startSession(response, { citizen: { sub, sid, idToken, claims, refreshToken: tokens.refresh_token } })
	redirect(response, '/')
}

/** A fresh access token, and with it what the registry said when the citizen last signed in anywhere. Nobody is asked. */
async function refresh(request: IncomingMessage, response: ServerResponse) {
	const citizen = sessionOf(request)?.citizen
	if (!citizen?.refreshToken) return json(response, 401, { error: 'nobody has signed in' })
	const tokens = await oidc.refreshTokenGrant(config, citizen.refreshToken, undefined, { DPoP })
	// Under fapi2 it stays the same one; under oidc each answer brings the next.
	citizen.refreshToken = tokens.refresh_token ?? citizen.refreshToken
	citizen.claims = await oidc.fetchUserInfo(config, tokens.access_token, citizen.sub, { DPoP })
	json(response, 200, citizen.claims)
}

/** Out of here, and out of the provider: another agency would otherwise let the next person at this desk in silently. */
async function signOut(request: IncomingMessage, response: ServerResponse) {
	const citizen = sessionOf(request)?.citizen
	if (!citizen) return redirect(response, '/signed-out')
	endSessions((session) => session.citizen === citizen)
	const there = { id_token_hint: citizen.idToken, post_logout_redirect_uri: `${baseUrl}/signed-out` }
	redirect(response, oidc.buildEndSessionUrl(config, there).href)
}

const keys = createRemoteJWKSet(new URL(config.serverMetadata().jwks_uri ?? ''))

/** The provider tells that a session has ended somewhere else (OpenID Connect Back-Channel Logout §2.6). */
async function backchannel(request: IncomingMessage, response: ServerResponse) {
	const form = new URLSearchParams(await text(request))
	const expected = { issuer: config.serverMetadata().issuer, audience: CLIENT_ID, typ: 'logout+jwt', maxTokenAge: '2m' }
	try {
		const { payload } = await jwtVerify(form.get('logout_token') ?? '', keys, expected)
		const events = payload.events as Record<string, unknown> | undefined
		if (!events?.['http://schemas.openid.net/event/backchannel-logout'] || 'nonce' in payload || !payload.sid)
			throw new Error('no logout token')
		endSessions(({ citizen }) => citizen?.sid === payload.sid)
		response.writeHead(200, { 'cache-control': 'no-store' }).end()
	} catch {
		json(response, 400, { error: 'invalid_request' })
	}
}

async function home(request: IncomingMessage, response: ServerResponse) {
	const citizen = sessionOf(request)?.citizen
	if (!citizen) return redirect(response, '/sign-in')
	json(response, 200, citizen.claims)
}

const pages: Record<string, (request: IncomingMessage, response: ServerResponse) => Promise<unknown>> = {
	'GET /': home,
	'GET /sign-in': signIn,
	'GET /callback': callback,
	'POST /refresh': refresh,
	'POST /sign-out': signOut,
	'GET /signed-out': async (_, response) => json(response, 200, { signedOut: true }),
	'POST /backchannel': backchannel,
}

createServer(async (request, response) => {
	try {
		const page = pages[`${request.method} ${request.url?.split('?')[0]}`]
		await (page ? page(request, response) : json(response, 404, { error: 'there is no such page' }))
	} catch (error) {
		// The citizen refused, or the provider did: it says so by a code of its own.
		if (error instanceof oidc.AuthorizationResponseError || error instanceof oidc.ResponseBodyError)
			return json(response, 403, { error: error.error, error_description: error.error_description })
		console.error(error)
		json(response, 502, { error: 'sign-in failed' })
	}
}).listen(Number(PORT), '127.0.0.1')
