import { createHash } from 'node:crypto'
import { decodeJwt } from 'jose'
import { demoSecretOf } from '../../../db/seed/clients.ts'
import type { Fetch } from '../../kit/http-client.ts'

/** A relying party that signs people in, as much of it as these tests need. */
export const AGENCY = 'sample-agency'
const VERIFIER = 'v'.repeat(43)
const REDIRECT = 'http://localhost:8788/callback'

const basic = (clientId: string) => ({ authorization: `Basic ${btoa(`${clientId}:${demoSecretOf(clientId)}`)}` })

function requestOf(more: Record<string, string>): URLSearchParams {
	return new URLSearchParams({
		response_type: 'code',
		client_id: AGENCY,
		redirect_uri: REDIRECT,
		scope: 'openid pid name',
		state: 'the-state',
		nonce: 'the-nonce',
		code_challenge: createHash('sha256').update(VERIFIER).digest('base64url'),
		code_challenge_method: 'S256',
		...more,
	})
}

/** @param more parameters of the request, such as `acr_values` */
export function authorizationUrl(issuer: string, more: Record<string, string> = {}): string {
	return `${issuer}/oauth/authorize?${requestOf(more)}`
}

/** The same request, pushed first (RFC 9126). */
export async function pushedUrl(fetch: Fetch, issuer: string): Promise<string> {
	const answer = await post(fetch, `${issuer}/oauth/par`, requestOf({}))
	const { request_uri } = (await answer.json()) as { request_uri: string }
	return `${issuer}/oauth/authorize?${new URLSearchParams({ client_id: AGENCY, request_uri })}`
}

async function post(fetch: Fetch, url: string, body: URLSearchParams): Promise<Response> {
	const headers = { ...basic(AGENCY), 'content-type': 'application/x-www-form-urlencoded' }
	return fetch(new Request(url, { method: 'POST', headers, body: body.toString() }))
}

/** What the relying party reads from the address to which the browser came back. */
export function answerOf(location: string): { code: string | null; error: string | null; state: string | null } {
	const { searchParams } = new URL(location)
	return { code: searchParams.get('code'), error: searchParams.get('error'), state: searchParams.get('state') }
}

export interface Tokens {
	access_token?: string
	error?: string
	/** Of the id_token. */
	claims: Record<string, unknown>
}

/** The code for tokens. */
export async function exchange(fetch: Fetch, issuer: string, location: string): Promise<Tokens> {
	const body = new URLSearchParams({
		grant_type: 'authorization_code',
		code: answerOf(location).code ?? '',
		redirect_uri: REDIRECT,
		code_verifier: VERIFIER,
	})
	const answer = await post(fetch, `${issuer}/oauth/token`, body)
	const tokens = (await answer.json()) as { access_token?: string; id_token?: string; error?: string }
	return { ...tokens, claims: tokens.id_token ? decodeJwt(tokens.id_token) : {} }
}

/** The status of the answer to a question for the person's data. */
export async function userinfoStatus(fetch: Fetch, issuer: string, token: string): Promise<number> {
	const headers = { authorization: `Bearer ${token}` }
	return (await fetch(new Request(`${issuer}/oauth/userinfo`, { headers }))).status
}
