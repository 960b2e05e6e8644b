import type { LoadFile } from './load.ts'

/** What both systems are asked: the same client, person, scopes and requests. */
export const SCOPE = 'openid pid name birthdate gender address'

export const benchClient = {
	clientId: 'bench',
	clientSecret: 'bench-secret-of-256-bits-AAAAAAAAAAAAAAAAAAAAAA',
	redirectUri: 'https://bench.example/callback',
	/** S256 of `VERIFIER`. */
	codeChallenge: '',
}
const VERIFIER = 'bench-verifier-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'
benchClient.codeChallenge = new Bun.CryptoHasher('sha256').update(VERIFIER).digest('base64url')

/** A made-up person; the claims are those that our own provider gives for `SCOPE`. */
export const PERSON = {
	claims: {
		pid: '1100000000008',
		name: 'สมมติ ตัวอย่างดี',
		birthdate: '25300115',
		gender: 'female',
		address: {
			formatted: '99 หมู่ที่ 3 ถนนสมมติ ตำบลตัวอย่าง อำเภอเมืองตัวอย่าง จังหวัดตัวอย่าง',
			street_address: '99 หมู่ที่ 3 ถนนสมมติ',
			locality: 'เมืองตัวอย่าง',
			region: 'ตัวอย่าง',
			country: 'TH',
		},
	},
}

type Requests = LoadFile['requests']

export function tokenRequest(url: string, code: string): Requests[number] {
	const { clientId, clientSecret, redirectUri } = benchClient
	return {
		url,
		method: 'POST',
		headers: {
			authorization: `Basic ${btoa(`${clientId}:${clientSecret}`)}`,
			'content-type': 'application/x-www-form-urlencoded',
		},
		body: new URLSearchParams({
			grant_type: 'authorization_code',
			code,
			redirect_uri: redirectUri,
			code_verifier: VERIFIER,
		}).toString(),
	}
}

/** `prompt=none` in a browser with a session whose citizen agreed before: answered by a code, without a page. */
export function silentRequests(url: string, cookies: string[]): Requests {
	return cookies.map((cookie, i) => ({
		url: `${url}?${new URLSearchParams({
			client_id: benchClient.clientId,
			response_type: 'code',
			redirect_uri: benchClient.redirectUri,
			scope: SCOPE,
			prompt: 'none',
			state: `state-${i}`,
			nonce: `nonce-${i}`,
			code_challenge: benchClient.codeChallenge,
			code_challenge_method: 'S256',
		})}`,
		method: 'GET',
		headers: { cookie },
	}))
}
