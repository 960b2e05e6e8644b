/**
 * A sample agency: a relying party of its own, on its own port, which knows its provider by the issuer's URL alone.
 *
 * 1. `GET /`          choose what to ask for, or see what was received
 * 2. `POST /sign-in`  make state, nonce and PKCE verifier, keep them in the session, send the browser to the provider
 * 3. `GET /callback`  let the library check the answer, change the code for tokens, ask userinfo
 * 4. `POST /sign-out` forget the citizen here; the provider is not told
 *
 * All protocol work is done by `openid-client`, a certified library. What is left to the agency: keep the three values
 * in the browser's session, say errors in plain words, and ask for no more than it needs. `main.ts` starts it.
 */
import { randomBytes } from 'node:crypto'
import { type Context, Hono } from 'hono'
import { deleteCookie, getCookie, setCookie } from 'hono/cookie'
import { csrf } from 'hono/csrf'
import { HTTPException } from 'hono/http-exception'
import { secureHeaders } from 'hono/secure-headers'
import * as oidc from 'openid-client'
import { type Citizen, choicePage, errorPage, receivedPage, scopes } from './pages.ts'

export interface AgencyOptions {
	/** The provider, such as `http://localhost:8787`: endpoints and keys come from its discovery document. */
	issuer: string
	clientId: string
	/** Where this agency is reached; `{baseUrl}/callback` is registered at the provider. */
	baseUrl: string
	/** Default client_secret_basic. */
	clientAuth?: string
	/** For the two methods with a secret. */
	clientSecret?: string
	/** For private_key_jwt: an ES256 key. */
	privateJwk?: JsonWebKey & { kid: string }
	/** The algorithm that this agency is registered with; no other is accepted. Default RS256. */
	idTokenAlg?: string
	/** Push the request to the provider (RFC 9126), so that it never stands in the browser's address bar. */
	pushRequests?: boolean
	/** Bind tokens to a key of this process (RFC 9449), so that a copied one is worth nothing. */
	bindTokens?: boolean
	/** For tests that run the provider in process. */
	fetch?: oidc.CustomFetch
}

interface Session {
	/** By state: a sign-in may be begun in several tabs. */
	attempts: Map<string, { expectedNonce: string; pkceCodeVerifier: string }>
	citizen?: Citizen
}

const SESSION_MS = 30 * 60_000

export function createAgency(options: AgencyOptions): Hono {
	const { origin, protocol } = new URL(options.baseUrl)
	const redirectUri = `${origin}/callback`
	const cookie = { httpOnly: true, sameSite: 'Lax', path: '/', secure: protocol === 'https:' } as const
	const cookieName = cookie.secure ? '__Host-agency' : 'agency'

	// In this process's memory. An agency with more than one process keeps its sessions in a database.
	const sessions = new Map<string, Session>()
	const sessionOf = (c: Context) => sessions.get(getCookie(c, cookieName) ?? '')
	function startSession(c: Context, session: Session): Session {
		const id = randomBytes(32).toString('base64url')
		sessions.set(id, session)
		setTimeout(() => sessions.delete(id), SESSION_MS).unref()
		setCookie(c, cookieName, id, cookie)
		return session
	}

	// Found once; forgotten when that failed, so that an agency which starts before its provider recovers.
	let found: Promise<Provider> | null = null
	const provider = () => {
		found ??= discover(options).catch((error) => {
			found = null
			throw error
		})
		return found
	}

	const app = new Hono()
	// The sign-in form is answered by a redirect, and form-action follows it to the provider.
	const formAction = ["'self'", new URL(options.issuer).origin]
	const [styleSrc, fontSrc] = [["'self'"], ["'self'"]]
	app.use(
		secureHeaders({
			contentSecurityPolicy: { defaultSrc: ["'none'"], styleSrc, fontSrc, formAction, frameAncestors: ["'none'"] },
		}),
	)
	app.use(csrf({ origin }))

	app.get('/agency.css', () => new Response(Bun.file(new URL('./agency.css', import.meta.url))))
	// Not every machine has Thai letters, and a font of somebody else's server would tell it who visits.
	app.get('/fonts/:file{sarabun-(thai|latin)-(400|700)-normal\\.woff2}', (c) => {
		const font = import.meta.resolve(`@fontsource/sarabun/files/${c.req.param('file')}`)
		return new Response(Bun.file(new URL(font)), { headers: { 'cache-control': 'public, max-age=604800' } })
	})

	app.get('/', (c) => {
		const citizen = sessionOf(c)?.citizen
		return c.html(citizen ? receivedPage(citizen) : choicePage())
	})

	app.post('/sign-in', async (c) => {
		const wanted = (await c.req.formData()).getAll('scope')
		const { config, binding } = await provider()
		const [state, expectedNonce, pkceCodeVerifier] = [
			oidc.randomState(),
			oidc.randomNonce(),
			oidc.randomPKCECodeVerifier(),
		]
		const session = sessionOf(c) ?? startSession(c, { attempts: new Map() })
		session.attempts.set(state, { expectedNonce, pkceCodeVerifier })
		const request = {
			redirect_uri: redirectUri,
			scope: scopes.flatMap(({ scope }) => (scope === 'openid' || wanted.includes(scope) ? scope : [])).join(' '),
			state,
			nonce: expectedNonce,
			code_challenge: await oidc.calculatePKCECodeChallenge(pkceCodeVerifier),
			code_challenge_method: 'S256',
		}
		const location = options.pushRequests
			? await oidc.buildAuthorizationUrlWithPAR(config, request, binding)
			: oidc.buildAuthorizationUrl(config, request)
		return c.redirect(location.href, 303)
	})

	app.get('/callback', async (c) => {
		const expectedState = c.req.query('state') ?? ''
		const attempt = sessionOf(c)?.attempts.get(expectedState)
		if (!attempt) return c.html(errorPage('unknown_attempt'), 400)
		sessionOf(c)?.attempts.delete(expectedState)

		const { config, binding } = await provider()
		// Not `c.req.url`: behind a proxy that is another address than the one which the provider was given.
		const answer = new URL(redirectUri + new URL(c.req.url).search)
		// The library checks iss and state, then the id_token: signature, iss, aud, exp, nonce.
		const checks = { ...attempt, expectedState, idTokenExpected: true }
		const tokens = await oidc.authorizationCodeGrant(config, answer, checks, undefined, binding)
		const claims = tokens.claims()
		if (!claims || !tokens.id_token) throw new Error('unreachable: idTokenExpected')
		// Refused where userinfo's `sub` is not the id_token's.
		const userinfo = await oidc.fetchUserInfo(config, tokens.access_token, claims.sub, binding)

		// A new session for a new right: whoever knew the old cookie gains nothing.
		sessions.delete(getCookie(c, cookieName) ?? '')
		const citizen = { userinfo, claims, header: headerOf(tokens.id_token), scope: tokens.scope }
		startSession(c, { attempts: new Map(), citizen })
		return c.redirect('/', 303)
	})

	app.post('/sign-out', (c) => {
		sessions.delete(getCookie(c, cookieName) ?? '')
		deleteCookie(c, cookieName, cookie)
		return c.redirect('/', 303)
	})

	app.onError((error, c) => {
		if (error instanceof HTTPException) return error.getResponse()
		// What the provider answered has a code and a sentence of its own.
		if (error instanceof oidc.AuthorizationResponseError)
			return c.html(errorPage(error.error, error.error_description), error.error === 'access_denied' ? 403 : 502)
		if (error instanceof oidc.ResponseBodyError) return c.html(errorPage(error.error, error.error_description), 502)
		// The rest is for the log: what the library refused (it gives a code), a provider out of reach, our own mistakes.
		console.error(error)
		const code = error instanceof oidc.ClientError ? (error.code ? 'answer_refused' : 'unreachable') : 'unexpected'
		return c.html(errorPage(code), 502)
	})
	return app
}

interface Provider {
	config: oidc.Configuration
	/** Goes into every call that has to do with tokens. */
	binding: oidc.DPoPOptions
}

/** Reads the discovery document: all that this agency knows about its provider. */
async function discover(options: AgencyOptions): Promise<Provider> {
	const server = new URL(options.issuer)
	const metadata = { id_token_signed_response_alg: options.idTokenAlg ?? 'RS256' }
	// The id_token's signature is checked although TLS already says who sent it. Plain http is for this very machine.
	const loopback = ['localhost', '127.0.0.1', '[::1]'].includes(server.hostname)
	const execute = [oidc.enableNonRepudiationChecks, ...(loopback ? [oidc.allowInsecureRequests] : [])]
	const inProcess = options.fetch ? { [oidc.customFetch]: options.fetch } : {}
	const how = { execute, ...inProcess }
	const config = await oidc.discovery(server, options.clientId, metadata, await authentication(options), how)
	const binding = options.bindTokens ? { DPoP: oidc.getDPoPHandle(config, await oidc.randomDPoPKeyPair('ES256')) } : {}
	return { config, binding }
}

async function authentication({ clientAuth, clientSecret, privateJwk }: AgencyOptions): Promise<oidc.ClientAuth> {
	if (clientAuth === 'client_secret_post') return oidc.ClientSecretPost(clientSecret)
	if (clientAuth !== 'private_key_jwt') return oidc.ClientSecretBasic(clientSecret)
	if (!privateJwk) throw new Error('private_key_jwt needs a private key')
	const key = await crypto.subtle.importKey('jwk', privateJwk, { name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign'])
	return oidc.PrivateKeyJwt({ key, kid: privateJwk.kid })
}

const headerOf = (jwt: string): Record<string, unknown> =>
	JSON.parse(Buffer.from(jwt.slice(0, jwt.indexOf('.')), 'base64url').toString())
