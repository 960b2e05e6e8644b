import { describe, expect, test } from 'bun:test'
import type { BrowserKeyProof, StoredPasskey } from '../../src/authn/passkey/index.ts'
import { base64url, fromBase64url, utf8 } from '../../src/lib/bytes.ts'
import { concat } from '../kit/cbor.ts'
import type { PhoneKnobs } from '../kit/phone.ts'
import {
	type AssertionTurn,
	newPhone,
	ORIGIN,
	OWNER,
	outcomeOf,
	register,
	signIn,
	signInWith,
	withResponse,
} from './passkey-ceremony.ts'

/** WebAuthn L3 §7.2, each step broken once while everything else is as an honest phone does it. */
const SYNCED = { backupEligible: true } as const

const knobs = (turned: PhoneKnobs): AssertionTurn => ({ knobs: turned })

const data = (change: Record<string, unknown>): AssertionTurn =>
	knobs({ clientData: (honest) => ({ ...honest, ...change }) })

/** Changes the response on its way, after it was signed. */
const sent = (change: (response: Record<string, string>) => Record<string, unknown>): AssertionTurn => ({
	given: (given) => ({ response: withResponse(given, change({ ...given.response.response })) }),
})

const row = (change: Partial<StoredPasskey>): AssertionTurn => ({
	given: ({ stored }) => ({ stored: { ...stored, ...change } }),
})

const proof = (change: (given: BrowserKeyProof) => Partial<BrowserKeyProof>): AssertionTurn => ({
	phone: SYNCED,
	given: ({ browserKey }) => (browserKey ? { browserKey: { ...browserKey, ...change(browserKey) } } : {}),
})

const flipByte = (text: string | undefined, at: number): string => {
	const bytes = fromBase64url(text ?? '')
	bytes[at] = (bytes[at] ?? 0) ^ 1
	return base64url(bytes)
}

/** The same JSON to a reader, and other bytes. */
const respelt = (text: string | undefined): string => base64url(concat(fromBase64url(text ?? ''), utf8(' ')))

const BROKEN: Record<string, Record<string, AssertionTurn>> = {
	'passkey_unknown/credential': {
		'the id of another credential': knobs({ otherCredential: base64url(utf8('another credential')) }),
		'the row of another credential': row({ credentialId: base64url(utf8('another credential')) }),
	},
	'passkey_unknown/allow-list': {
		'a credential that was not asked for': { given: () => ({ allow: [{ id: 'AAAA' }] }) },
	},
	'passkey_unknown/user-handle': {
		'the handle of another account': knobs({ userHandle: base64url(utf8('acc_somchai')) }),
		'a handle that begins with ours': knobs({ userHandle: base64url(utf8(`${OWNER}2`)) }),
		'our handle with padding': knobs({ userHandle: `${base64url(utf8(OWNER))}=` }),
		'a discovered passkey without a handle': { ...knobs({ userHandle: null }), discovered: true },
		'a discovered passkey with an empty handle': {
			discovered: true,
			...sent(() => ({ userHandle: '' })),
		},
		'a discovered passkey of somebody else': { ...row({ accountId: 'acc_somchai' }), discovered: true },
		'a handle, and a row without an owner': { ...row({ accountId: undefined }), discovered: true },
	},
	'passkey_refused/type': {
		'the type of a registration': knobs({ wrongType: 'webauthn.create' }),
		'the type of a payment': knobs({ wrongType: 'payment.get' }),
		'no type': data({ type: undefined }),
	},
	'passkey_challenge/challenge': {
		'another challenge': knobs({ wrongChallenge: base64url(utf8('somebody else asked')) }),
		'no challenge': data({ challenge: undefined }),
		'an answer to an earlier challenge': { given: () => ({ challenge: base64url(utf8('a later one')) }) },
		'challenge and expectation both empty': { ...data({ challenge: '' }), given: () => ({ challenge: '' }) },
	},
	'passkey_refused/origin': {
		'another site': knobs({ wrongOrigin: 'https://id-example.test' }),
		'a subdomain that is not listed': knobs({ wrongOrigin: 'https://evil.id.example.test' }),
		http: knobs({ wrongOrigin: 'http://id.example.test' }),
		'another port': knobs({ wrongOrigin: `${ORIGIN}:444` }),
		'no origin': data({ origin: undefined }),
		'a list of origins': data({ origin: [ORIGIN] }),
	},
	'passkey_refused/cross-origin': {
		'a frame of another site': knobs({ crossOrigin: true }),
		'crossOrigin as a text': knobs({ crossOrigin: 'true' }),
		'crossOrigin null': knobs({ crossOrigin: null }),
	},
	'passkey_refused/top-origin': {
		'a top origin': knobs({ topOrigin: 'https://rp.example.test' }),
		'our own origin as top origin': knobs({ topOrigin: ORIGIN }),
		'an empty top origin': knobs({ topOrigin: '' }),
	},
	'passkey_refused/shape': {
		'client data that is a text': knobs({ clientData: () => 'webauthn.get' }),
		'client data cut off': knobs({ clientDataBytes: (json) => json.slice(0, -1) }),
		'no client data': sent(() => ({ clientDataJSON: undefined })),
		'no authenticator data': sent(() => ({ authenticatorData: undefined })),
		'authenticator data not base64url': sent(({ authenticatorData }) => ({
			authenticatorData: `${authenticatorData}+`,
		})),
		'authenticator data too short': knobs({ authenticatorData: (honest) => honest.slice(0, 36) }),
		'bytes left over': knobs({ authenticatorData: (honest) => concat(honest, Uint8Array.of(0)) }),
	},
	'passkey_refused/rp-id': {
		'another RP ID': knobs({ wrongRpId: 'example.test' }),
		'an empty RP ID': knobs({ wrongRpId: '' }),
	},
	'passkey_refused/user-present': { 'nobody present': knobs({ userPresent: false }) },
	'passkey_refused/user-verified': { 'nobody verified': knobs({ userVerified: false }) },
	'passkey_refused/backup-flags': { 'backed up but not eligible': knobs({ backedUpWithoutEligible: true }) },
	'passkey_refused/backup-eligibility-changed': {
		'a bound key that became a synced one': knobs({ flipBackupEligible: true }),
		'a synced key that became a bound one': { phone: SYNCED, ...knobs({ flipBackupEligible: true }) },
	},
	'passkey_refused/algorithm': {
		'the row says another algorithm': row({ algorithm: -257 }),
	},
	'passkey_refused/public-key': {
		'the row holds no key': row({ publicKey: 'AAAA' }),
	},
	'passkey_refused/signature': {
		'a signature by another key': knobs({ bogusSignature: true }),
		'a signature by another EdDSA key': { phone: { algorithm: -8 }, ...knobs({ bogusSignature: true }) },
		'a signature by another RSA key': { phone: { algorithm: -257 }, ...knobs({ bogusSignature: true }) },
		'one bit of the signature': sent(({ signature }) => ({ signature: flipByte(signature, 20) })),
		'a signature cut short': sent(({ signature }) => ({ signature: signature?.slice(0, 40) })),
		'no signature': sent(() => ({ signature: '' })),
		'a signature of zeros': sent(() => ({ signature: base64url(new Uint8Array(70)) })),
		'client data respelt after signing': sent(({ clientDataJSON }) => ({ clientDataJSON: respelt(clientDataJSON) })),
		'the counter raised after signing': sent(({ authenticatorData }) => ({
			authenticatorData: flipByte(authenticatorData, 36),
		})),
		'rawId and id apart': { given: ({ response }) => ({ response: { ...response, rawId: 'AAAA' } }) },
		'another type of credential': {
			given: ({ response }) => ({ response: { ...response, type: 'password' as 'public-key' } }),
		},
		'the public key of somebody else': {
			given: async ({ stored }) => ({ stored: { ...stored, publicKey: (await register()).passkey.publicKey } }),
		},
	},
	'passkey_copied/browser-key': {
		'no proof of the browser key': { phone: SYNCED, given: () => ({ browserKey: undefined }) },
		'a row without a browser key': { phone: SYNCED, ...row({ browserKey: null }) },
		'a proof by another browser': {
			phone: SYNCED,
			given: async ({ response }) => ({ browserKey: await newPhone().browserKeyProof(response) }),
		},
		'another browser that names the stored key': {
			phone: SYNCED,
			given: async ({ response, browserKey }) => ({
				browserKey: { jwk: browserKey?.jwk ?? {}, signature: (await newPhone().browserKeyProof(response)).signature },
			}),
		},
		'one bit of the proof': proof(({ signature }) => ({ signature: flipByte(signature, 5) })),
		'an empty proof': proof(() => ({ signature: '' })),
	},
}

describe('an assertion with one thing wrong', () => {
	const rows = Object.entries(BROKEN).flatMap(([outcome, turns]) =>
		Object.entries(turns).map(([name, turn]) => [name, outcome, turn] as const),
	)
	test.each(rows)('%s → %s', async (_, outcome, turn) => {
		expect(await outcomeOf(signIn(turn))).toBe(outcome)
	})
})

describe('an assertion as it should be', () => {
	test.each<[string, AssertionTurn]>([
		['as it is', {}],
		['discovered', { discovered: true }],
		['with no list known', { given: () => ({ allow: undefined }) }],
		['with its handle, though it was listed', knobs({ userHandle: base64url(utf8(OWNER)) })],
		['without a handle, as non-discoverable keys answer', knobs({ userHandle: null })],
		['with EdDSA', { phone: { algorithm: -8 } }],
		['with RS256', { phone: { algorithm: -257 } }],
		['with a synced passkey and its browser key', { phone: SYNCED }],
		['with a bound passkey, without browser key', { given: () => ({ browserKey: undefined }) }],
		['of an officer', { discovered: true, ...row({ accountId: undefined, officerId: OWNER }) }],
	])('%s', async (_, turn) => {
		expect(await outcomeOf(signIn(turn))).toBe('ok')
	})
})

test('a proof that was seen once is worth nothing at the next assertion', async () => {
	const { passkey, phone } = await register({ phone: SYNCED })
	let seen: BrowserKeyProof | undefined
	const spy: AssertionTurn = {
		given: ({ browserKey }) => {
			seen = browserKey
			return {}
		},
	}
	expect(await outcomeOf(signInWith(phone, passkey, spy))).toBe('ok')
	expect(await outcomeOf(signInWith(phone, passkey, { given: () => ({ browserKey: seen }) }))).toBe(
		'passkey_copied/browser-key',
	)
})
