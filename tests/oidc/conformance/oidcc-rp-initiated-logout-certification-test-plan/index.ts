import { SignJWT, UnsecuredJWT } from 'jose'
import { newKey } from '../../kit/relying-party.ts'
import type { Changes } from '../../kit/requests.ts'
import { AT, answering, placeOf, withParams } from '../kit/broken.ts'
import { BEFORE_LOGOUT, type Departure, goneFrom, type Leaving, leave, signedInToLeave } from '../kit/logout.ts'
import { FETCHED, fetched, isHttps } from '../kit/metadata.ts'
import { type Module, type Plan, SIGNED_IN } from '../kit/module.ts'
import type { Run } from '../kit/run.ts'
import type { Variant } from '../kit/variant.ts'
import { END, openRedirector, redirects, refuses, trusting } from './broken.ts'

/** OpenID Connect RP-Initiated Logout: who may be sent where when a session ends. */
const discovery: Module = {
	name: 'oidcc-rp-initiated-logout-discovery-endpoint-verification',
	conditions: [...FETCHED, 'CheckDiscEndSessionEndpoint'],
	async run(op) {
		const { end_session_endpoint: url } = await fetched(op)
		op.check('CheckDiscEndSessionEndpoint', isHttps(url) && new URL(url).hash === '', url)
	},
	broken: answering(AT.discovery, 'names an address with a fragment as its end_session_endpoint', (body) => ({
		...body,
		end_session_endpoint: `${body.end_session_endpoint}#here`,
	})),
}

const REDIRECTED = ['ExpectPostLogoutRedirect', 'CheckForUnexpectedParametersInPostLogoutRedirect'] as const

/** The browser stands at the address that was asked for. */
export function redirectedTo(op: Run, { postLogoutRedirectUri }: Leaving, departure: Departure): URLSearchParams {
	const url = departure.at === 'redirect' ? departure.url : null
	const there = url !== null && url.origin + url.pathname === postLogoutRedirectUri
	op.check(REDIRECTED[0], there, url?.href ?? departure.at)
	const got = new URLSearchParams(url?.search)
	const others = [...got.keys()].filter((name) => name !== 'state')
	op.check(REDIRECTED[1], others.length === 0, others)
	return got
}

const logout: Module = {
	name: 'oidcc-rp-initiated-logout',
	conditions: [...BEFORE_LOGOUT, ...REDIRECTED, 'CheckPostLogoutState'],
	async run(op) {
		const leaving = await signedInToLeave(op)
		const got = redirectedTo(op, leaving, await leave(op, leaving))
		op.check('CheckPostLogoutState', got.get('state') === leaving.state, got.get('state'))
		await goneFrom(op, leaving.rp)
	},
	broken: redirects('cuts the state after 100 characters', (url) => {
		const state = url.searchParams.get('state')
		if (state !== null) url.searchParams.set('state', state.slice(0, 100))
	}),
}

const noState: Module = {
	name: 'oidcc-rp-initiated-logout-no-state',
	conditions: [...BEFORE_LOGOUT, ...REDIRECTED, 'CheckNoPostLogoutState'],
	async run(op) {
		const leaving = await signedInToLeave(op)
		const got = redirectedTo(op, leaving, await leave(op, leaving, { state: null }))
		op.check('CheckNoPostLogoutState', !got.has('state'), got.get('state'))
		await goneFrom(op, leaving.rp)
	},
	broken: redirects('sends an empty state where it was given none', (url) => {
		if (!url.searchParams.has('state')) url.searchParams.set('state', '')
	}),
}

/** A request that must lead to no relying party, and the server that goes there. */
function stays(
	name: string,
	condition: string,
	change: (op: Run, leaving: Leaving) => Changes | Promise<Changes>,
	broken: Variant,
): Module {
	return {
		name,
		conditions: [...SIGNED_IN, condition],
		async run(op) {
			const leaving = await signedInToLeave(op)
			const departure = await leave(op, leaving, await change(op, leaving))
			const shown = departure.at === 'page' && departure.html
			op.check(condition, shown, departure.at === 'redirect' ? departure.url.href : departure.status)
		},
		broken,
	}
}

const NOT_REGISTERED = 'ExpectPostLogoutRedirectUriNotRegisteredErrorPage'
const INVALID_HINT = 'ExpectInvalidIdTokenHintErrorPage'

const badUri = stays(
	'oidcc-rp-initiated-logout-bad-post-logout-redirect-uri',
	NOT_REGISTERED,
	(_, { postLogoutRedirectUri }) => ({ post_logout_redirect_uri: `${postLogoutRedirectUri}/bad` }),
	openRedirector('goes to an address that begins as a registered one', (uri) => uri.endsWith('/bad')),
)

const queryAdded = stays(
	'oidcc-rp-initiated-logout-query-added-to-post-logout-redirect-uri',
	NOT_REGISTERED,
	(_, { postLogoutRedirectUri }) => ({ post_logout_redirect_uri: `${postLogoutRedirectUri}?foo=bar` }),
	openRedirector('compares addresses without their query', (uri) => uri.endsWith('?foo=bar')),
)

const modifiedHint = stays(
	'oidcc-rp-initiated-logout-modified-id-token-hint',
	INVALID_HINT,
	(_, { claims }) => ({ id_token_hint: new UnsecuredJWT(claims).encode() }),
	trusting('takes an id_token_hint with alg none', (hint) => hint?.endsWith('.') ?? false),
)

const badHint = stays(
	'oidcc-rp-initiated-logout-bad-id-token-hint',
	INVALID_HINT,
	async (_, { claims }) => {
		const { privateKey, kid } = await newKey('ES256')
		return { id_token_hint: await new SignJWT(claims).setProtectedHeader({ alg: 'ES256', kid }).sign(privateKey) }
	},
	trusting(
		'takes an id_token_hint that somebody else has signed',
		(hint, good) => (hint ?? '.').split('.')[2] !== '' && hint !== null && hint !== good,
	),
)

const noHint = stays(
	'oidcc-rp-initiated-logout-no-id-token-hint',
	'ExpectIdTokenHintRequiredErrorPage',
	() => ({ id_token_hint: null }),
	trusting(
		'goes to an address of which nobody proves whose it is',
		(hint, _, params) => hint === null && params.has('post_logout_redirect_uri'),
	),
)

/** Without an address: a page says that it is done, and it is. */
function ends(name: string, change: Changes, broken: Variant): Module {
	return {
		name,
		conditions: [...BEFORE_LOGOUT, 'ExpectSuccessfulLogoutPage'],
		async run(op) {
			const leaving = await signedInToLeave(op)
			const departure = await leave(op, leaving, change)
			const done = departure.at === 'page' && departure.status === 200 && departure.html
			const seen = departure.at === 'page' ? departure.status : departure.url.href
			op.check('ExpectSuccessfulLogoutPage', done, seen)
			await goneFrom(op, leaving.rp)
		},
		broken,
	}
}

const noParams = ends(
	'oidcc-rp-initiated-logout-no-params',
	{ id_token_hint: null, post_logout_redirect_uri: null, state: null },
	refuses('wants to know who asks for the end of a session', (params) => params.size === 0),
)

const onlyState = ends(
	'oidcc-rp-initiated-logout-only-state',
	{ id_token_hint: null, post_logout_redirect_uri: null },
	refuses('refuses a state without an address', (params) => params.has('state') && params.size === 1),
)

const noUri = ends(
	'oidcc-rp-initiated-logout-no-post-logout-redirect-uri',
	{ post_logout_redirect_uri: null },
	{
		what: 'goes to the registered address though it was not asked for',
		intermediary:
			({ clients, provider }) =>
			async (request, next) => {
				const params = new URL(request.url).searchParams
				if (placeOf(request) !== END || !params.has('id_token_hint') || params.has('post_logout_redirect_uri'))
					return next(request)
				const [id = ''] = clients.keys()
				const sql = 'SELECT post_logout_redirect_uris AS uris FROM clients WHERE id = ?'
				const { rows } = await provider.client.execute({ sql, args: [id] })
				params.set('post_logout_redirect_uri', (JSON.parse(String(rows[0]?.uris)) as string[])[0] ?? '')
				return next(withParams(request, params))
			},
	},
)

export const rpLogout: Plan = {
	name: 'oidcc-rp-initiated-logout-certification-test-plan',
	variant: 'discovery, static clients, client_secret_basic',
	modules: [discovery, logout, badUri, modifiedHint, noHint, noParams, noUri, noState, onlyState, queryAdded, badHint],
}
