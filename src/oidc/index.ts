/**
 * The OpenID provider. Here the RFCs are the reader's map.
 *
 * Begin with `pipeline.ts`: one screen that lists every check once, in order, with a column for each endpoint. A
 * request is an `Exchange`: parameters are read, everything is gathered from the database in one trip, the steps check
 * (`steps/`, one file a rule), and the endpoint (`endpoints/`, `grants/`) writes one batch. What is made on the way
 * (codes, tokens, claims, keys) lies in `artifacts/`; who asks is proved in `client-auth/`; what one kind of relying
 * party must do is a file in `profiles/`. Citizens, screens and passkeys are none of this room's business: it says in
 * `needs.ts` what it needs of them.
 */
import { Hono } from 'hono'
import { answerAuthorization } from './artifacts/authorization-response.ts'
import { dpopNonce } from './artifacts/dpop-nonce.ts'
import { FORM_POST_PATH, formPostPage, openFormPost } from './artifacts/form-post.ts'
import { preflight, readableAcross } from './cors.ts'
import { errorInDialect } from './dialect.ts'
import { authorize } from './endpoints/authorize.ts'
import { discoveryDocument } from './endpoints/discovery.ts'
import { confirmEndSession, endSession, RESUME_PATH, resumeEndSession } from './endpoints/end-session.ts'
import { introspect } from './endpoints/introspect.ts'
import { logoutLog } from './endpoints/logout-log.ts'
import { pushedAuthorizationRequest } from './endpoints/par.ts'
import { revoke } from './endpoints/revoke.ts'
import { token } from './endpoints/token.ts'
import { userinfo } from './endpoints/userinfo.ts'
import { ProtocolError } from './errors.ts'
import { type Endpoint, type Exchange, set } from './exchange.ts'
import { CONFIRM_PATH } from './logout/page.ts'
import type { OidcDeps } from './needs.ts'
import { begin, runSteps } from './pipeline.ts'
import { aliasesOf } from './thaid-paths.ts'

export { acrOfWay, acrSatisfies, mayUseQr } from './artifacts/acr.ts'
export { type DetailItem, detailItems } from './artifacts/authorization-details.ts'
export { type AuthorizationAnswer, authorizationLocation } from './artifacts/authorization-response.ts'
export { type ConsentItem, consentItems, consentScope } from './artifacts/claims.ts'
export { codeStatement } from './artifacts/code.ts'
export { isMeant } from './artifacts/hinted-subject.ts'
export {
	type KeyState,
	type RotationKind,
	rotateKeys,
	SIGNING_ALGS,
	stateOf as keyStateOf,
	storedKeys,
	sweepKeys,
} from './artifacts/key-rotation.ts'
export { createKeyRing, type KeyRing } from './artifacts/keys.ts'
export { readClient } from './client-auth/index.ts'
export { consumePushed } from './endpoints/authorize.ts'
export { deliverLogouts } from './logout/deliver.ts'
export { nameSession, sidOf } from './logout/session-clients.ts'
export { signOut } from './logout/sign-out.ts'
export type { CountedPush, OidcDeps, OidcNeeds, StartedSignIn } from './needs.ts'
export {
	type ClientRow,
	metadataOf,
	type Registered,
	type RegistrationDeps,
	RegistrationError,
	readRegistration,
} from './registration/index.ts'
export type { AuthorizationRequest, Client } from './wire.ts'

/** How long a relying party may keep discovery and keys, seconds. A new key is published a day before it signs. */
const PUBLIC_CACHE = 'public, max-age=300'

const READ = ['GET', 'HEAD'] as const

/** The provider's routes, to be mounted at the root of the issuer. */
export function createOidc(deps: OidcDeps): Hono {
	const app = new Hono()
	const discovery = new TextEncoder().encode(JSON.stringify(discoveryDocument(deps.issuer)))
	const json = (bytes: Uint8Array<ArrayBuffer>) =>
		new Response(bytes, {
			headers: {
				'content-type': 'application/json',
				'cache-control': PUBLIC_CACHE,
				// Public documents: a single-page relying party reads them from its own origin.
				'access-control-allow-origin': '*',
			},
		})
	const serveAt = (
		path: string,
		methods: readonly string[],
		answer: (request: Request) => Response | Promise<Response>,
	) =>
		// All methods in one route: Hono hands a HEAD to the route of GET, and a HEAD must not begin a sign-in.
		app.on('ALL', [path, ...aliasesOf(path)], ({ req: { raw } }) =>
			methods.includes(raw.method) ? answer(raw) : (preflight(raw, path, methods) ?? methodNotAllowed(methods)),
		)
	serveAt('/.well-known/openid-configuration', READ, () => json(discovery))
	serveAt('/.well-known/oauth-authorization-server', READ, () => json(discovery))
	serveAt('/.well-known/jwks.json', READ, async () => json(await deps.keys.jwks()))
	serveAt('/oauth/par', ['POST'], (request) => serve(deps, request, 'par', pushedAuthorizationRequest))
	serveAt('/oauth/authorize', ['GET', 'POST'], (request) => serve(deps, request, 'authorize', authorize))
	serveAt(FORM_POST_PATH, READ, (request) => formPost(deps, request))
	serveAt('/oauth/token', ['POST'], (request) => serve(deps, request, 'token', token))
	serveAt('/oauth/introspect', ['POST'], (request) => serve(deps, request, 'introspect', introspect))
	serveAt('/oauth/revoke', ['POST'], (request) => serve(deps, request, 'revoke', revoke))
	serveAt('/oauth/end_session', ['GET', 'POST'], (request) => serve(deps, request, 'end_session', endSession))
	serveAt(RESUME_PATH, ['GET'], (request) => resumeEndSession(deps, request))
	serveAt(CONFIRM_PATH, ['POST'], (request) => confirmEndSession(deps, request))
	serveAt('/oauth/logout_deliveries', ['POST'], (request) => serve(deps, request, 'logout_log', logoutLog))
	serveAt('/oauth/userinfo', [...READ, 'POST'], (request) => serve(deps, request, 'userinfo', userinfo))
	return app
}

async function serve(
	deps: OidcDeps,
	request: Request,
	endpoint: Endpoint,
	act: (x: Exchange) => Response | Promise<Response>,
): Promise<Response> {
	const x = begin(deps, request, endpoint)
	try {
		await runSteps(x)
		const response = await act(x)
		// RFC 9449 §8.2: only to those that use it.
		if (x.dpop) response.headers.set('dpop-nonce', dpopNonce(deps.vault, x.now))
		return readableAcross(x, response)
	} catch (error) {
		if (!(error instanceof ProtocolError)) throw error
		deps.log('protocol_error', {
			endpoint,
			error: error.error,
			...(x.client ? { client: x.client.id } : {}),
			...(error.options.detail ? { detail: error.options.detail } : {}),
		})
		if (endpoint === 'authorize') return authorizeError(x, error)
		if (endpoint === 'end_session') return errorForPerson(x, error, 'sign-out')
		return readableAcross(x, jsonError(errorInDialect(x, error)))
	}
}

/** RFC 9110 §15.5.6 */
function methodNotAllowed(methods: readonly string[]): Response {
	const response = jsonError(new ProtocolError('invalid_request', 'this method is not served here', { status: 405 }))
	response.headers.set('allow', methods.join(', '))
	return response
}

/** To the relying party where that is safe, in the request's response mode once it is known; to the person otherwise. */
async function authorizeError(x: Exchange, error: ProtocolError): Promise<Response> {
	if (x.redirectUri === null || !error.options.mayRedirect) return errorForPerson(x, error)
	const to = { ...x.authorization, redirect_uri: set(x.redirectUri, 'redirectUri') }
	const { error: code, description } = error
	return answerAuthorization(x.deps, set(x.client, 'client'), to, { error: code, description })
}

function errorForPerson(
	x: Exchange,
	{ error, description, status, options: { retryAfter } }: ProtocolError,
	about?: 'sign-out',
): Response {
	const said = { error, description, status, ui_locales: x.params.get('ui_locales') }
	const page = x.deps.errorPage(x.request, about ? { ...said, about } : said)
	if (retryAfter !== undefined) page.headers.set('retry-after', String(retryAfter))
	return page
}

/** A browser that was only sent here: what it posts to the relying party was sealed a moment ago. */
function formPost(deps: OidcDeps, request: Request): Response {
	const post = openFormPost(deps, new URL(request.url).searchParams.get('answer') ?? '')
	if (post) return formPostPage(post)
	return deps.errorPage(request, { error: 'invalid_request_uri', description: 'this answer has expired', status: 400 })
}

function jsonError(error: ProtocolError): Response {
	const { challenge, dpopNonce, retryAfter } = error.options
	return Response.json(
		{ error: error.error, error_description: error.description },
		{
			status: error.status,
			headers: {
				'cache-control': 'no-store',
				...(challenge ? { 'www-authenticate': challenge } : {}),
				...(dpopNonce ? { 'dpop-nonce': dpopNonce } : {}),
				...(retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) }),
			},
		},
	)
}
