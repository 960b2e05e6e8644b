import type { Snapshot } from '../../src/accounts/index.ts'
import { asPid } from '../../src/lib/thai/pid.ts'
import type { Address, Person } from '../../src/ports/civil-registry/index.ts'
import type { LoadFile } from './load.ts'

/** What all systems are asked: the same client, person, scopes and requests. */
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

const address: Address = {
	houseNumber: '99',
	village: '3',
	lane: '',
	alley: '',
	road: 'สมมติ',
	subdistrict: 'ตัวอย่าง',
	district: 'เมืองตัวอย่าง',
	province: 'ตัวอย่าง',
	provinceCode: '99',
	districtCode: '9901',
	subdistrictCode: '990101',
}
const birthdate = { year: 1987, month: 1, day: 15 }
const names = {
	title: { th: 'น.ส.', en: 'Miss' },
	givenName: { th: 'สมมติ', en: 'Sommut' },
	middleName: { th: '', en: '' },
	familyName: { th: 'ตัวอย่างดี', en: 'Tuayangdee' },
}
const person: Person = {
	pid: asPid('1980000009903'),
	nationality: 'THA',
	status: 'normal',
	...names,
	gender: 'female',
	birthdate,
	address,
	houseCode: '99010000001',
	houseRole: 'householder',
}
const card: Snapshot['card'] = {
	number: '10000000000001',
	status: 'normal',
	issuedOn: { year: 2024, month: 5, day: 1 },
	expiresOn: { year: 2033, month: 1, day: 14 },
	issuingOffice: '9901',
	printedName: names,
	printedAddress: address,
}

/** A made-up person, as the register knows them and as the claims of `SCOPE`: both systems must answer with these. */
export const PERSON = {
	record: { person, card },
	claims: {
		pid: '1980000009903',
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

/** A form of the client, which proves itself with its secret. */
function asClient(url: string, form: Record<string, string>, clientId = benchClient.clientId): Requests[number] {
	const { clientSecret } = benchClient
	return {
		url,
		method: 'POST',
		headers: {
			authorization: `Basic ${btoa(`${clientId}:${clientSecret}`)}`,
			'content-type': 'application/x-www-form-urlencoded',
		},
		body: new URLSearchParams(form).toString(),
	}
}

export const tokenRequest = (url: string, code: string): Requests[number] =>
	asClient(url, {
		grant_type: 'authorization_code',
		code,
		redirect_uri: benchClient.redirectUri,
		code_verifier: VERIFIER,
	})

/** Rotating: each brings a new one, and is not sent again. @param clientId where it is another client's */
export const refreshRequest = (url: string, refreshToken: string, clientId?: string): Requests[number] =>
	asClient(url, { grant_type: 'refresh_token', refresh_token: refreshToken }, clientId)

export const introspectRequest = (url: string, token: string): Requests[number] => asClient(url, { token })

export const pushRequests = (url: string): Requests =>
	Array.from({ length: 50 }, (_, i) => asClient(url, { ...authorizationRequest(i), client_id: benchClient.clientId }))

const authorizationRequest = (i: number) => ({
	response_type: 'code',
	redirect_uri: benchClient.redirectUri,
	scope: SCOPE,
	state: `state-${i}`,
	nonce: `nonce-${i}`,
	code_challenge: benchClient.codeChallenge,
	code_challenge_method: 'S256',
})

/** `prompt=none` in a browser with a session whose citizen agreed before: answered by a code, without a page. */
export function silentRequests(url: string, cookies: string[]): Requests {
	return cookies.map((cookie, i) => ({
		url: `${url}?${new URLSearchParams({
			client_id: benchClient.clientId,
			...authorizationRequest(i),
			prompt: 'none',
		})}`,
		method: 'GET',
		headers: { cookie },
	}))
}

/** A waiting page; which sign-in it is, the page asks later. */
export const BENCH_SIGN_IN_PAGE = '/sign-in/sgn_AAAAAAAAAAAAAAAAAAAAAA'
