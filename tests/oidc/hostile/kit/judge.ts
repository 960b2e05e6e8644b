import { expect } from 'bun:test'
import { people } from '../../../../src/ports/civil-registry/index.ts'
import { type Draft, paramOf } from './draft.ts'
import type { Ours } from './ours.ts'
import { type Cast, STATE } from './server.ts'

/** What a broken request has to get. */
export interface Verdict {
	error: string
	status: number
	/** To the relying party's redirect URI; to the person, as a page; or as JSON to whoever called. */
	where: 'redirect' | 'page' | 'json'
	/** The state that comes back with a redirect; null: none. */
	state?: string | null
}

const WORDS_OF_THE_HOLDER = ['สมชาย', 'ใจดี', people.somchai.pid]
/** RFC 6749 §5.2: what error_description is written in. */
const DESCRIPTION = /^[\x20-\x21\x23-\x5B\x5D-\x7E]+$/
const GIFTS = ['code', 'access_token', 'refresh_token', 'id_token', 'request_uri']

/** Everything that holds for the answer to a broken request, whatever was broken. */
export async function judge(server: Ours, cast: Cast, draft: Draft, response: Response, verdict: Verdict) {
	const { headers } = response
	const text = await response.text()
	const location = headers.get('location')
	expect(server.provider.logged.filter(({ event }) => event === 'error')).toEqual([])
	expect({ status: response.status, ...found(response, text) }).toEqual({
		status: verdict.status,
		where: verdict.where,
		error: verdict.error,
	})
	expect(headers.get('cache-control')).toContain('no-store')
	expect(headers.get('x-content-type-options')).toBe('nosniff')
	expect(headers.get('referrer-policy')).toBe('no-referrer')
	// RFC 9700 §2.6: no script of another site reads what is meant for a person.
	if (verdict.where !== 'json') expect(headers.get('access-control-allow-origin')).toBeNull()
	expect(headers.getSetCookie()).toEqual([])
	for (const word of WORDS_OF_THE_HOLDER) expect(text + decodeURIComponent(location ?? '')).not.toContain(word)
	expect(text).not.toContain('<svg')
	const logged = JSON.stringify(server.provider.logged)
	for (const word of WORDS_OF_THE_HOLDER) expect(logged).not.toContain(word)
	for (const secret of secretsOf(draft)) expect(text + (location ?? '') + logged).not.toContain(secret)
	if (verdict.where === 'redirect') judgeRedirect(server, cast, new URL(location ?? ''), verdict)
	else expect(location).toBeNull()
	if (verdict.where === 'json') judgeJson(text, response)
}

/** Where the error is, and which. */
function found(response: Response, text: string): Pick<Verdict, 'where' | 'error'> {
	const location = response.headers.get('location')
	if (location !== null)
		return { where: 'redirect', error: new URL(location).searchParams.get('error') ?? `none, but ${location}` }
	const type = response.headers.get('content-type') ?? ''
	if (type.startsWith('text/html')) return { where: 'page', error: /data-error="(\w+)"/.exec(text)?.[1] ?? 'none' }
	const { error } = JSON.parse(text || '{}') as { error?: string }
	// RFC 7662 §2.2: of a token that is none, nothing else is said.
	if (text === '{"active":false}') return { where: 'json', error: 'inactive' }
	return { where: 'json', error: error ?? `none, but ${text.slice(0, 200)}` }
}

function judgeRedirect(server: Ours, { rp }: Cast, url: URL, { state = STATE }: Verdict): void {
	expect(url.origin + url.pathname).toBe(rp.redirectUri)
	const { searchParams: query } = url
	for (const gift of GIFTS) expect(query.has(gift)).toBe(false)
	expect(query.get('state')).toBe(state)
	// RFC 9207 §2: in error responses too.
	expect(query.getAll('iss')).toEqual([server.provider.issuer])
	expect(query.get('error_description')).toMatch(DESCRIPTION)
	expect(url.hash).toBe('')
}

function judgeJson(text: string, response: Response): void {
	expect(response.headers.get('content-type')).toStartWith('application/json')
	const body = JSON.parse(text) as Record<string, unknown>
	for (const gift of GIFTS) expect(body).not.toHaveProperty(gift)
	if ('error' in body) expect(body.error_description).toMatch(DESCRIPTION)
	// RFC 9110 §11.6.1 wants a challenge with every 401; RFC 6749 §5.2 where the header was used.
	if (response.status === 401 && !['invalid_client', 'invalid_refresh_token'].includes(String(body.error)))
		expect(response.headers.get('www-authenticate')).toMatch(/^(Bearer|DPoP)/)
}

/** What a log or a history must not learn from an error. */
const secretsOf = (draft: Draft): string[] =>
	['code', 'code_verifier', 'client_secret', 'client_assertion', 'refresh_token', 'token'].flatMap((name) => {
		const value = paramOf(draft, name)
		return value !== undefined && value.length > 20 ? [value] : []
	})
