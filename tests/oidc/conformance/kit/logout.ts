import type { Rp } from '../../kit/relying-party.ts'
import { type Changes, changed } from '../../kit/requests.ts'
import { request, type SignedIn, signIn } from './flows.ts'
import { LOGGED_OUT, SIGNED_IN } from './module.ts'
import { type Registration, type Run, randomText } from './run.ts'
import { SUITE } from './suite.ts'

/** OpenID Connect RP-Initiated Logout, as the suite drives it. */
export const BEFORE_LOGOUT = [...SIGNED_IN, LOGGED_OUT] as const

/** Where a request to sign out led to, after the citizen has said yes where they were asked. */
export type Departure = { at: 'redirect'; url: URL } | { at: 'page'; status: number; html: boolean }

export interface Leaving extends SignedIn {
	postLogoutRedirectUri: string
	/** 128 characters, as the suite sends. */
	state: string
}

export async function signedInToLeave(op: Run, said: Registration = {}): Promise<Leaving> {
	const postLogoutRedirectUri = `${SUITE}/test/a/${randomText()}/post_logout_redirect`
	const rp = await op.client({ postLogoutRedirectUris: JSON.stringify([postLogoutRedirectUri]), ...said })
	const state = Array.from({ length: 4 }, randomText).join('').slice(0, 128)
	return { ...(await signIn(op, rp)), postLogoutRedirectUri, state }
}

/** Sends the browser to the end of the session. @param change of hint, address and state */
export async function leave(op: Run, leaving: Leaving, change: Changes = {}): Promise<Departure> {
	const { end_session_endpoint } = await op.discovery()
	const params = changed(
		{
			id_token_hint: leaving.tokens.id_token,
			post_logout_redirect_uri: leaving.postLogoutRedirectUri,
			state: leaving.state,
		},
		change,
	)
	const { browser } = op.citizen
	const end = new URL(end_session_endpoint)
	end.search = params.toString()
	let response = await browser.get(end.href)
	for (let hop = 0; hop < 5; hop++) {
		const location = response.headers.get('location')
		if (location !== null) {
			const url = new URL(location, browser.origin)
			if (url.origin !== browser.origin) return { at: 'redirect', url }
			response = await browser.get(url.pathname + url.search)
			continue
		}
		const form = response.status === 200 ? firstForm(await response.clone().text()) : null
		if (form === null) break
		response = await browser.post(form.action, form.fields)
	}
	const html = response.headers.get('content-type')?.startsWith('text/html') ?? false
	return { at: 'page', status: response.status, html }
}

/** The page's form as a person sends it who presses its first button. */
function firstForm(html: string): { action: string; fields: URLSearchParams } | null {
	const [, attributes = '', inner = ''] = /<form\b([^>]*)>([\s\S]*?)<\/form>/.exec(html) ?? []
	const action = attribute(attributes, 'action')
	if (action === null) return null
	const fields = new URLSearchParams()
	const [button = ''] = /<button\b[^>]*>/.exec(inner) ?? []
	for (const tag of [...(inner.match(/<input\b[^>]*>/g) ?? []), button]) {
		const name = attribute(tag, 'name')
		if (name !== null) fields.set(name, attribute(tag, 'value') ?? '')
	}
	return { action, fields }
}

const attribute = (tag: string, name: string): string | null =>
	new RegExp(`\\b${name}="([^"]*)"`).exec(tag)?.[1]?.replaceAll('&amp;', '&').replaceAll('&quot;', '"') ?? null

/** Nobody is signed in any more: `prompt=none` brings an error. Checks LOGGED_OUT. */
export async function goneFrom(op: Run, rp: Rp): Promise<void> {
	const arrival = await op.visit(request(rp, { prompt: 'none' }))
	const error = arrival.at === 'callback' ? (arrival.params.get('error') ?? 'a code') : arrival.at
	const known = ['login_required', 'interaction_required', 'account_selection_required', 'consent_required']
	op.check('CheckErrorFromAuthorizationEndpointIsOneThatRequiresAUserInterface', known.includes(error), error)
}
