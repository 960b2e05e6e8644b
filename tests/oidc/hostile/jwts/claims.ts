import { type Mutation, NO_TEXTS, NO_TIMES } from './mutation.ts'
import { claims, type Good, seal } from './seal.ts'

const one = (what: string, more: (good: Good) => Record<string, unknown>): Mutation => ({
	what,
	forge: (good) => seal(good, claims(good, more(good))),
})
/** Replaces a claim in the text, where no object could say it: the value as JSON, or a member more. */
const inText = (what: string, by: (text: string, good: Good) => string): Mutation => ({
	what,
	forge: (good) => seal(good, { claimsText: by(JSON.stringify(good.claims), good) }),
})
const noTexts = (name: string): Mutation[] =>
	Object.entries(NO_TEXTS).map(([what, value]) => one(`${name} ${what}`, () => ({ [name]: value })))
export const noTimes = (name: string, error?: string): Mutation[] =>
	Object.entries(NO_TIMES).map(([what, value]) => ({ ...one(`${name} ${what}`, () => ({ [name]: value })), error }))

/** Who it is from, where that is the client. */
export const fromClient = (name: 'iss' | 'sub'): Mutation[] => [
	...noTexts(name),
	one(`${name} of another client`, ({ other }) => ({ [name]: other })),
	one(`${name} in a list`, ({ client }) => ({ [name]: [client] })),
	one(`${name} in capitals`, ({ client }) => ({ [name]: client.toUpperCase() })),
	one(`${name} with a space behind`, ({ client }) => ({ [name]: `${client} ` })),
	one(`${name} with a NUL behind`, ({ client }) => ({ [name]: `${client}\u0000` })),
	one(`${name} with a letter of another alphabet`, ({ client }) => ({ [name]: client.replace('p', 'р') })),
	one(`${name} of us`, ({ issuer }) => ({ [name]: issuer })),
	inText(`two ${name}, the last of another client`, (text, { other }) => text.replace(/}$/, `,"${name}":"${other}"}`)),
	inText(`two ${name}, the last written by escapes`, (text, { other }) =>
		text.replace(/}$/, `,"${escaped(name)}":"${other}"}`),
	),
]

const escaped = (name: string) => [...name].map((c) => `\\u00${c.charCodeAt(0).toString(16)}`).join('')

/** Whom it is for: us, letter by letter. */
export const audience: Mutation[] = [
	...noTexts('aud'),
	...Object.entries({
		'of another server': 'https://other.example',
		'with a slash behind': 'http://localhost:8787/',
		'in capitals': 'HTTP://LOCALHOST:8787',
		'by https': 'https://localhost:8787',
		'without a port': 'http://localhost',
		'with a user': 'http://a@localhost:8787',
		'with a path': 'http://localhost:8787/oauth/userinfo',
		'with a query': 'http://localhost:8787?',
		'with a fragment': 'http://localhost:8787#',
		'with a space before': ' http://localhost:8787',
		'of a longer host': 'http://localhost:8787.evil.example',
		'of an address': 'http://127.0.0.1:8787',
	}).map(([what, aud]) => one(`aud ${what}`, () => ({ aud }))),
	one('aud of the client', ({ client }) => ({ aud: client })),
	one('aud in an object', ({ issuer }) => ({ aud: { iss: issuer } })),
	inText('two aud, the last of another server', (text) => text.replace(/}$/, ',"aud":"https://other.example"}')),
	inText('two aud, the last written by escapes', (text) =>
		text.replace(/}$/, `,"${escaped('aud')}":"https://other.example"}`),
	),
]

/** FAPI 2.0 §5.3.2.1: one audience, the issuer, as a string. */
export const oneAudience: Mutation[] = [
	one('aud of us in a list', ({ issuer }) => ({ aud: [issuer] })),
	one('aud of us and of another server', ({ issuer }) => ({ aud: [issuer, 'https://other.example'] })),
	one('aud of us twice', ({ issuer }) => ({ aud: [issuer, issuer] })),
	one('aud of the token endpoint', ({ issuer }) => ({ aud: `${issuer}/oauth/token` })),
	one('aud of the PAR endpoint', ({ issuer }) => ({ aud: `${issuer}/oauth/par` })),
]

const at = (name: string, what: string, seconds: (now: number) => number): Mutation =>
	one(`${name} ${what}`, ({ now }) => ({ [name]: seconds(now) }))

/** RFC 7523 §3: how long it is good for. @param longest s */
export const expiry = (longest: number): Mutation[] => [
	one('exp missing', () => ({ exp: undefined })),
	...noTimes('exp'),
	at('exp', '11 s ago', (now) => now - 11),
	at('exp', 'an hour ago', (now) => now - 3_600),
	at('exp', 'at the beginning', () => 0),
	at('exp', 'before the beginning', () => -1),
	at('exp', 'too far ahead', (now) => now + longest + 11),
	at('exp', 'in ms', (now) => now * 1_000),
	at('exp', 'at the end of numbers', () => 1e308),
	inText('exp beyond the end of numbers', (text) => text.replace(/"exp":\d+/, '"exp":1e999')),
	inText('two exp, the last one past', (text) => text.replace(/}$/, ',"exp":1}')),
]

/** FAPI 2.0 §5.3.2.1: clocks may differ by 10 s. */
export const notBefore: Mutation[] = [
	...noTimes('nbf'),
	at('nbf', '11 s ahead', (now) => now + 11),
	at('nbf', 'a minute ahead', (now) => now + 61),
	at('nbf', 'in ms', (now) => now * 1_000),
	inText('nbf beyond the end of numbers', (text) =>
		text.includes('"nbf"') ? text.replace(/"nbf":\d+/, '"nbf":1e999') : text.replace(/}$/, ',"nbf":1e999}'),
	),
]
export const issuedAt: Mutation[] = [
	...noTimes('iat'),
	at('iat', '11 s ahead', (now) => now + 11),
	at('iat', 'in ms', (now) => now * 1_000),
	at('iat', 'at the end of numbers', () => 1e308),
]
/** What makes it good once. */
export const uniqueId: Mutation[] = noTexts('jti')

/** RFC 9449 §4.2, §4.3: a proof's own claims. */
export const proof: Mutation[] = [
	...noTexts('jti'),
	one('jti of 257 letters', () => ({ jti: 'j'.repeat(257) })),
	...noTexts('htm'),
	one('htm of another method', () => ({ htm: 'PUT' })),
	one('htm in small letters', ({ claims }) => ({ htm: String(claims.htm).toLowerCase() })),
	one('htm in a list', ({ claims }) => ({ htm: [claims.htm] })),
	one('htm with a space behind', ({ claims }) => ({ htm: `${claims.htm} ` })),
	...noTexts('htu'),
	...Object.entries<(htu: string) => string>({
		'with a slash behind': (htu) => `${htu}/`,
		'of another path': (htu) => htu.replace(/[^/]+$/, 'elsewhere'),
		'of a path below': (htu) => `${htu}/x`,
		'without a host': (htu) => new URL(htu).pathname,
		'of another host': (htu) => htu.replace('localhost', 'evil.example'),
		'of another port': (htu) => htu.replace(':8787', ':8788'),
		'by https': (htu) => htu.replace('http:', 'https:'),
		'with a user': (htu) => htu.replace('//', '//a@'),
		'with a user and a password': (htu) => htu.replace('//', '//a:b@'),
		'with its path in capitals': (htu) => htu.replace('/oauth/', '/OAUTH/'),
		'of our home': (htu) => new URL(htu).origin,
		'with two slashes': (htu) => htu.replace('/oauth/', '//oauth/'),
		'with an encoded slash': (htu) => htu.replace('/oauth/', '/oauth%2f'),
		'no URL': () => 'token endpoint',
		'a script': () => 'javascript:alert(1)',
	}).map(([what, by]) => one(`htu ${what}`, ({ claims }) => ({ htu: by(String(claims.htu)) }))),
	one('htu in a list', ({ claims }) => ({ htu: [claims.htu] })),
	one('iat missing', () => ({ iat: undefined })),
	...noTimes('iat'),
	...(
		[
			['16 s ago', (now: number) => now - 16],
			['an hour ago', (now: number) => now - 3_600],
			['at the beginning', () => 0],
			['before the beginning', () => -1e9],
			['11 s ahead', (now: number) => now + 11],
			['in ms', (now: number) => now * 1_000],
			['at the end of numbers', () => 1e308],
		] as const
	).map(([what, seconds]) => ({ ...at('iat', what, seconds), error: 'use_dpop_nonce' })),
	inText('iat beyond the end of numbers', (text) => text.replace(/"iat":\d+/, '"iat":1e999')),
	...noTimes('nbf'),
	at('nbf', '11 s ahead', (now) => now + 11),
	...noTimes('exp'),
	at('exp', '11 s ago', (now) => now - 11),
	...Object.entries<unknown>({
		'that we never gave': 'n'.repeat(22),
		empty: '',
		'a number': 1,
		null: null,
		'in a list': ['n'.repeat(22)],
		'of 10,000 letters': 'n'.repeat(10_000),
	}).map(([what, nonce]) => ({ ...one(`a nonce ${what}`, () => ({ nonce })), error: 'use_dpop_nonce' })),
]

/** RFC 9449 §4.3 point 11: where a token comes with it. */
export const ofToken: Mutation[] = [
	...noTexts('ath'),
	one('ath of another token', () => ({ ath: 'A'.repeat(43) })),
	one('ath with padding', ({ claims }) => ({ ath: `${claims.ath}=` })),
	one('ath in a list', ({ claims }) => ({ ath: [claims.ath] })),
	one('ath in capitals', ({ claims }) => ({ ath: String(claims.ath).toUpperCase() })),
]

/** RFC 9101 §4, §6.3, §10.8. */
export const requestObject: Mutation[] = [
	...noTexts('client_id'),
	one('client_id of another client', ({ other }) => ({ client_id: other })),
	one('client_id in a list', ({ client }) => ({ client_id: [client] })),
	one('a request inside the request', () => ({ request: 'e30.e30.' })),
	one('an empty request inside the request', () => ({ request: '' })),
	one('a request_uri inside the request', () => ({ request_uri: 'https://rp.example/request.jwt' })),
	one('sub of the client, as in an assertion', ({ client }) => ({ sub: client })),
	one('a parameter that is null', () => ({ prompt: null })),
	one('a parameter that is true', () => ({ max_age: true })),
	inText('two client_id, the last of another client', (text, { other }) =>
		text.replace(/}$/, `,"client_id":"${other}"}`),
	),
]

/** An ID token of ours, as a hint: for whom it was, and from whom. */
export const hint: Mutation[] = [
	...noTexts('iss'),
	one('iss of another server', () => ({ iss: 'https://other.example' })),
	one('iss with a slash behind', ({ issuer }) => ({ iss: `${issuer}/` })),
	...noTexts('aud').filter(({ what }) => what !== 'aud empty'),
	one('aud of another client', ({ other }) => ({ aud: other })),
	...noTexts('sub').filter(({ what }) => what !== 'sub empty'),
	one('sub in a list', ({ claims }) => ({ sub: [claims.sub] })),
]

/** Whose it was is nobody that we know: told to the person where it is asked first who asks. */
export const hintOfNobody = (error: string): Mutation[] => [
	{ ...one('aud empty', () => ({ aud: '' })), error },
	{ ...one('aud in capitals', ({ client }) => ({ aud: client.toUpperCase() })), error },
]

/** What somebody would change of an access token who could sign. */
export const accessTokenClaims: Mutation[] = [
	one('a wider scope', () => ({ scope: 'openid pid name address' })),
	one('another client', ({ other }) => ({ client_id: other })),
	one('another citizen', () => ({ sub: 'A'.repeat(43) })),
	one('another resource', () => ({ aud: 'https://other.example/' })),
	one('two resources', ({ claims }) => ({ aud: [claims.aud, 'https://other.example/'] })),
	one('a longer life', ({ claims }) => ({ exp: Number(claims.exp) + 3_600 })),
	one('an end that has been', ({ now }) => ({ exp: now - 1 })),
	one('another jti', () => ({ jti: 'another' })),
	one('no jti', () => ({ jti: undefined })),
	one('a key', () => ({ cnf: { jkt: 'A'.repeat(43) } })),
	one('a claim more', () => ({ admin: true })),
	one('another issuer', () => ({ iss: 'https://other.example' })),
]
