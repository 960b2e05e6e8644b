import { authorizationParameters, type Changes, tokenForm } from '../../kit/requests.ts'
import { type Draft, requestOf } from './draft.ts'
import { authenticate, dpopProof } from './proofs.ts'
import { type Cast, type PathName, SCOPE, type Server, SIGNED_OUT, STATE } from './server.ts'

type Client = Pick<Cast, 'profile' | 'rp'>

/** Where a request goes, and what for: `refresh` is the other grant of the token endpoint. */
export type EndpointName = PathName | 'refresh'

/** A good request, made anew as often as it is asked for: the same code or token, fresh proofs. */
export interface Base {
	make(): Promise<Draft>
	/** Whether an answer is the one that a good request gets. */
	accepted(response: Response): Promise<boolean>
}

/** A person waits for the answer. */
const OF_A_BROWSER = { accept: 'text/html' }

/** Most agencies of ThaID send no PKCE. */
const WITHOUT_PKCE: Changes = { code_challenge: null, code_challenge_method: null }

export const authorizationPairs = ({ profile, rp }: Client): [string, string][] => [
	...authorizationParameters(rp, { scope: SCOPE, state: STATE, ...(profile === 'thaid-v2' ? WITHOUT_PKCE : {}) }),
]

export const send = (server: Server, draft: Draft): Promise<Response> => server.fetch(requestOf(draft, server.issuer))

async function pushDraft(server: Server, of: Client): Promise<Draft> {
	const draft: Draft = { method: 'POST', path: server.paths.par, params: authorizationPairs(of), headers: {} }
	await authenticate(server, of.rp, draft)
	return draft
}

/** A request_uri that waits. @param change of the request */
export async function pushed(server: Server, of: Client, change: (draft: Draft) => void = () => {}): Promise<string> {
	const draft = await pushDraft(server, of)
	change(draft)
	const response = await send(server, draft)
	const body = (await response.json()) as { request_uri?: string }
	if (!body.request_uri) throw new Error(`not pushed: HTTP ${response.status} ${JSON.stringify(body)}`)
	return body.request_uri
}

async function authorizeDraft(server: Server, { profile, rp }: Client): Promise<Draft> {
	const params: [string, string][] =
		profile === 'fapi2'
			? [
					['client_id', rp.id],
					['request_uri', await pushed(server, { profile, rp })],
				]
			: authorizationPairs({ profile, rp })
	return { method: 'GET', path: server.paths.authorize, params, headers: { cookie: server.cookie, ...OF_A_BROWSER } }
}

/** A code, by session and earlier consent. @param change of the authorization request */
export async function freshCode(
	server: Server,
	cast: Client,
	change: (draft: Draft) => void = () => {},
): Promise<string> {
	const draft = await authorizeDraft(server, cast)
	change(draft)
	const response = await send(server, draft)
	const location = response.headers.get('location')
	const code = new URL(location ?? '', server.issuer).searchParams.get('code')
	if (!code) throw new Error(`no code for ${cast.rp.id}: HTTP ${response.status} ${location}`)
	return code
}

export async function tokenDraft(server: Server, cast: Cast, code: string): Promise<Draft> {
	const changes: Changes = cast.profile === 'thaid-v2' ? { code_verifier: null } : {}
	const params: [string, string][] = [...tokenForm(cast.rp, code, changes)]
	const draft: Draft = { method: 'POST', path: server.paths.token, params, headers: {} }
	await authenticate(server, cast.rp, draft)
	await prove(server, cast, draft)
	return draft
}

/** Adds a DPoP proof where the cast has a key. */
export async function prove(server: Server, { dpop }: Cast, draft: Draft, token?: string): Promise<void> {
	const { method, path } = draft
	if (dpop) draft.headers.dpop = await dpopProof(server, { key: dpop, method, path, token })
}

export interface FreshTokens {
	access_token: string
	refresh_token?: string
	id_token: string
	token_type: string
}

export async function freshTokens(server: Server, cast: Cast, code?: string): Promise<FreshTokens> {
	const response = await send(server, await tokenDraft(server, cast, code ?? (await freshCode(server, cast))))
	const tokens = (await response.json()) as FreshTokens
	if (!tokens.access_token) throw new Error(`no tokens: ${JSON.stringify(tokens)}`)
	return tokens
}

/** A code that has given its tokens. */
export async function usedCode(server: Server, cast: Cast): Promise<string> {
	const code = await freshCode(server, cast)
	await freshTokens(server, cast, code)
	return code
}

export async function bearerDraft(server: Server, cast: Cast, path: string, tokens: FreshTokens): Promise<Draft> {
	const draft: Draft = { method: 'GET', path, params: [], headers: {} }
	draft.headers.authorization = `${tokens.token_type} ${tokens.access_token}`
	await prove(server, cast, draft, tokens.access_token)
	return draft
}

async function refreshDraft(server: Server, cast: Cast, token: string): Promise<Draft> {
	const params: [string, string][] = [
		['grant_type', 'refresh_token'],
		['refresh_token', token],
	]
	const draft: Draft = { method: 'POST', path: server.paths.token, params, headers: {} }
	await authenticate(server, cast.rp, draft)
	await prove(server, cast, draft)
	return draft
}

async function freshRefresh(server: Server, cast: Cast): Promise<string> {
	const { refresh_token } = await freshTokens(server, cast)
	if (!refresh_token) throw new Error(`no refresh token for ${cast.rp.id}`)
	return refresh_token
}

/** A refresh token that was used just now. */
export async function usedRefresh(server: Server, cast: Cast): Promise<string> {
	const token = await freshRefresh(server, cast)
	const response = await send(server, await refreshDraft(server, cast, token))
	if (response.status !== 200) throw new Error(`not refreshed: HTTP ${response.status}`)
	return token
}

/** Tokens that were given back just now. */
export async function revokedTokens(server: Server, cast: Cast): Promise<FreshTokens> {
	const tokens = await freshTokens(server, cast)
	const params: [string, string][] = [['token', tokens.access_token]]
	const draft: Draft = { method: 'POST', path: server.paths.revoke, params, headers: {} }
	await authenticate(server, cast.rp, draft)
	await send(server, draft)
	return tokens
}

const has = async (response: Response, status: number, field: string): Promise<boolean> =>
	response.status === status && field in ((await response.json()) as object)

/** What is good at each endpoint. */
export const BASES: Record<EndpointName, (server: Server, cast: Cast) => Promise<Base>> = {
	async authorize(server, cast) {
		const draft = await authorizeDraft(server, cast)
		return {
			make: async () => structuredClone(draft),
			async accepted(response) {
				const location = response.headers.get('location') ?? ''
				return response.status === 303 && location.startsWith(cast.rp.redirectUri) && /[?&]code=/.test(location)
			},
		}
	},
	par: async (server, cast) => ({
		make: () => pushDraft(server, cast),
		accepted: (response) => has(response, 201, 'request_uri'),
	}),
	async token(server, cast) {
		const code = await freshCode(server, cast)
		return {
			make: () => tokenDraft(server, cast, code),
			accepted: (response) => has(response, 200, 'access_token'),
		}
	},
	async refresh(server, cast) {
		const token = await freshRefresh(server, cast)
		return {
			make: () => refreshDraft(server, cast, token),
			accepted: (response) => has(response, 200, 'access_token'),
		}
	},
	async userinfo(server, cast) {
		const tokens = await freshTokens(server, cast)
		return {
			make: () => bearerDraft(server, cast, server.paths.userinfo, tokens),
			accepted: (response) => has(response, 200, 'sub'),
		}
	},
	introspect: (server, cast) =>
		about(server, cast, server.paths.introspect, async (response) => {
			const { active } = (await response.json()) as { active?: boolean }
			return response.status === 200 && active === true
		}),
	revoke: (server, cast) => about(server, cast, server.paths.revoke, async ({ status }) => status === 200),
	logout_deliveries: async (server, { rp }) => ({
		async make() {
			const draft: Draft = { method: 'POST', path: server.paths.logout_deliveries, params: [], headers: {} }
			await authenticate(server, rp, draft)
			return draft
		},
		accepted: async (response) => response.status === 200 && Array.isArray(await response.json()),
	}),
	async end_session(server, cast) {
		const { id_token } = await freshTokens(server, cast)
		const params: [string, string][] = [
			['id_token_hint', id_token],
			['client_id', cast.rp.id],
			['post_logout_redirect_uri', SIGNED_OUT.rp],
			['state', 'state-of-the-rp'],
		]
		return {
			// Of a browser in which nobody is signed in, so that it can be sent again.
			make: async () => ({
				method: 'GET',
				path: server.paths.end_session,
				params: [...params],
				headers: { ...OF_A_BROWSER },
			}),
			accepted: async ({ status, headers }) =>
				status === 303 && headers.get('location') === `${SIGNED_OUT.rp}?state=state-of-the-rp`,
		}
	},
}

/** A question about an access token, or its end. */
async function about(server: Server, cast: Cast, path: string, accepted: Base['accepted']): Promise<Base> {
	const { access_token } = await freshTokens(server, cast)
	return {
		async make() {
			const draft: Draft = { method: 'POST', path, params: [['token', access_token]], headers: {} }
			await authenticate(server, cast.rp, draft)
			return draft
		},
		accepted,
	}
}
