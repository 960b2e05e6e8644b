import { clearCookie, readCookie } from '../../lib/cookies.ts'
import type { Exchange } from '../exchange.ts'
import { askPage, donePage, stayedPage } from '../logout/page.ts'
import { type LogoutRequest, openLogout, sealLogout } from '../logout/request.ts'
import { signOut } from '../logout/sign-out.ts'
import type { OidcDeps } from '../needs.ts'
import { type Found, readsOf } from '../reads.ts'

export const RESUME_PATH = '/oauth/end_session/resume'

/** OpenID Connect RP-Initiated Logout §2, by GET and by POST. */
export async function endSession(x: Exchange): Promise<Response> {
	const { deps, request, params } = x
	const wish: LogoutRequest = {
		clientId: x.client?.id ?? null,
		sid: x.hint?.sid ?? null,
		redirectUri: x.postLogoutRedirectUri,
		state: params.get('state') ?? null,
		uiLocales: params.get('ui_locales') ?? null,
	}
	// A form of another site brings no Lax cookie; the same browser sent to an address of ours does. The id_token stays out
	// of that address.
	if (request.method === 'POST' && readCookie(request, 'session') === null)
		return seeOther(`${deps.issuer}${RESUME_PATH}?${new URLSearchParams({ request: sealLogout(deps, wish, null) })}`)
	return act(deps, request, wish, x.found)
}

/** The browser comes back with its cookies. */
export async function resumeEndSession(deps: OidcDeps, request: Request): Promise<Response> {
	const wish = openLogout(deps, new URL(request.url).searchParams.get('request') ?? '')
	if (!wish) return expired(deps, request)
	return act(deps, request, wish, await find(deps, request, wish.clientId))
}

/** The citizen's answer to the page: from that page, about the session that it asked about. */
export async function confirmEndSession(deps: OidcDeps, request: Request): Promise<Response> {
	if (!isOwnForm(request, deps.issuer)) return refused(deps, request, 'not a form of this provider', 403)
	const form = new URLSearchParams(await request.text())
	const wish = openLogout(deps, form.get('request') ?? '')
	if (!wish) return expired(deps, request)
	if (form.get('decision') !== 'sign-out') return stayedPage(request, wish)
	const { session } = await find(deps, request, wish.clientId)
	if (session && session.secretHash !== wish.sessionHash) return expired(deps, request)
	return session ? end(deps, request, wish, session) : gone(request, wish)
}

/** At once where the relying party proves which session it means, and it is this browser's; otherwise it is asked. */
async function act(deps: OidcDeps, request: Request, wish: LogoutRequest, found: Found): Promise<Response> {
	const { session, answered, names } = found
	if (!session) return gone(request, wish)
	if (wish.sid !== null && answered?.sid === wish.sid && answered.endedAt === null)
		return end(deps, request, wish, session)
	return askPage(request, wish, names, sealLogout(deps, wish, session.secretHash))
}

async function end(
	deps: OidcDeps,
	request: Request,
	wish: LogoutRequest,
	session: NonNullable<Found['session']>,
): Promise<Response> {
	if ((await signOut(deps, { session, clientId: wish.clientId })) > 0) deps.tellClients()
	return gone(request, wish)
}

/** Nobody is signed in here any more. */
function gone(request: Request, wish: LogoutRequest): Response {
	const response = wish.redirectUri === null ? donePage(request, wish) : seeOther(destination(wish, wish.redirectUri))
	if (readCookie(request, 'session') !== null) clearCookie(response.headers, 'session')
	return response
}

/** §3: the address as it is registered, with the state. */
function destination({ state }: LogoutRequest, uri: string): string {
	return state === null ? uri : `${uri}${uri.includes('?') ? '&' : '?'}${new URLSearchParams({ state })}`
}

const seeOther = (location: string) =>
	new Response(null, { status: 303, headers: { location, 'cache-control': 'no-store' } })

function find({ db, clock, sessionHash, sessionIdle }: OidcDeps, request: Request, clientId: string | null) {
	const now = clock.now()
	return readsOf(db).endSession({
		clientId: clientId ?? '',
		sessionHash: sessionHash(request) ?? '',
		now,
		idleSince: now - sessionIdle,
	})
}

/** A browser says where a form comes from: by `Sec-Fetch-Site`, an older one by `Origin`. */
function isOwnForm(request: Request, issuer: string): boolean {
	const site = request.headers.get('sec-fetch-site')
	const origin = request.headers.get('origin')
	if (site !== null && site !== 'same-origin') return false
	return origin === issuer || (origin === null && site === 'same-origin')
}

const expired = (deps: OidcDeps, request: Request) =>
	refused(deps, request, 'this request to sign out has expired', 400)

function refused(deps: OidcDeps, request: Request, description: string, status: number): Response {
	return deps.errorPage(request, { error: 'invalid_request', description, status, about: 'sign-out' })
}
