import { describe, expect, test } from 'bun:test'
import type { BrowserKeyProof, RegistrationToVerify } from '../../src/authn/passkey/index.ts'
import { base64url, fromBase64url, utf8 } from '../../src/lib/bytes.ts'
import { type Cbor, concat, encodeCbor } from '../kit/cbor.ts'
import type { PhoneKnobs } from '../kit/phone.ts'
import { newPhone, ORIGIN, outcomeOf, type RegistrationTurn, register, withResponse } from './passkey-ceremony.ts'

/** WebAuthn L3 §7.1, each step broken once while everything else is as an honest phone does it. */
const SYNCED = { backupEligible: true } as const

const data = (change: Record<string, unknown>): RegistrationTurn => ({
	knobs: { clientData: (honest) => ({ ...honest, ...change }) },
})

const knobs = (turned: PhoneKnobs): RegistrationTurn => ({ knobs: turned })

const bytes = (authenticatorData: PhoneKnobs['authenticatorData']): RegistrationTurn => knobs({ authenticatorData })

/** Changes the response on its way. */
const sent = (part: Record<string, unknown>): RegistrationTurn => ({
	given: (given) => ({ response: withResponse(given, part) }),
})

const cose = (change: (key: Map<Cbor, Cbor>) => void, algorithm?: -8 | -257): RegistrationTurn => ({
	phone: algorithm ? { algorithm } : {},
	knobs: {
		coseKey: (key) => {
			change(key)
			return key
		},
	},
})

const statement = (fmt: string, attStmt: Cbor): RegistrationTurn =>
	knobs({ attestation: () => Promise.resolve({ fmt, attStmt }) })

const packed = (x5c: Cbor) =>
	statement('packed', new Map<string, Cbor>(Object.entries({ alg: -7, sig: new Uint8Array(70), x5c })))

const proof = (
	change: (given: BrowserKeyProof, all: RegistrationToVerify) => Promise<Partial<BrowserKeyProof>>,
): RegistrationTurn => ({
	phone: SYNCED,
	given: async (all) =>
		all.browserKey ? { browserKey: { ...all.browserKey, ...(await change(all.browserKey, all)) } } : {},
})

const jwk = (change: JsonWebKey): RegistrationTurn => proof(async (honest) => ({ jwk: { ...honest.jwk, ...change } }))

const signature = (change: (raw: Uint8Array) => Uint8Array): RegistrationTurn =>
	proof(async (honest) => ({ signature: base64url(change(fromBase64url(honest.signature))) }))

const setFlag = (flag: number) => (data: Uint8Array<ArrayBuffer>) => {
	data[32] = (data[32] ?? 0) | flag
	return data
}

const withoutCredential = (data: Uint8Array<ArrayBuffer>) => {
	const short = data.slice(0, 37)
	short[32] = (short[32] ?? 0) & ~64
	return short
}

const toDer = (raw: Uint8Array): Uint8Array =>
	concat(Uint8Array.of(0x30, 68, 2, 32), raw.subarray(0, 32), Uint8Array.of(2, 32), raw.subarray(32))

const BROKEN: Record<string, Record<string, RegistrationTurn>> = {
	'passkey_refused/type': {
		'the type of an assertion': knobs({ wrongType: 'webauthn.get' }),
		'the type in other letters': knobs({ wrongType: 'WebAuthn.create' }),
		'no type': data({ type: undefined }),
	},
	'passkey_challenge/challenge': {
		'another challenge': knobs({ wrongChallenge: base64url(utf8('somebody else asked')) }),
		'no challenge': data({ challenge: undefined }),
		'a challenge that is a number': data({ challenge: 1 }),
		'challenge and expectation both empty': { ...data({ challenge: '' }), given: () => ({ challenge: '' }) },
		'the challenge with padding': knobs({ clientData: (honest) => ({ ...honest, challenge: `${honest.challenge}=` }) }),
	},
	'passkey_refused/origin': {
		'another site': knobs({ wrongOrigin: 'https://id-example.test' }),
		'a subdomain that is not listed': knobs({ wrongOrigin: 'https://evil.id.example.test' }),
		'another port': knobs({ wrongOrigin: `${ORIGIN}:8443` }),
		http: knobs({ wrongOrigin: 'http://id.example.test' }),
		'a trailing slash': knobs({ wrongOrigin: `${ORIGIN}/` }),
		'other letters': knobs({ wrongOrigin: 'https://ID.example.test' }),
		'our origin inside a longer one': knobs({ wrongOrigin: `${ORIGIN}.evil.test` }),
		'no origin': data({ origin: undefined }),
		'a list of origins': data({ origin: [ORIGIN] }),
		'an app as origin': knobs({ wrongOrigin: 'android:apk-key-hash:AAAA' }),
	},
	'passkey_refused/cross-origin': {
		'a frame of another site': knobs({ crossOrigin: true }),
		'crossOrigin as a text': knobs({ crossOrigin: 'false' }),
		'crossOrigin null': knobs({ crossOrigin: null }),
		'crossOrigin 0': knobs({ crossOrigin: 0 }),
	},
	'passkey_refused/top-origin': {
		'a top origin': knobs({ topOrigin: 'https://rp.example.test' }),
		'our own origin as top origin': knobs({ topOrigin: ORIGIN }),
		'an empty top origin': knobs({ topOrigin: '' }),
	},
	'passkey_refused/shape': {
		'client data that is a list': knobs({ clientData: (honest) => [honest] }),
		'client data null': knobs({ clientData: () => null }),
		'client data cut off': knobs({ clientDataBytes: (json) => json.slice(0, -1) }),
		'client data not UTF-8': knobs({
			clientDataBytes: (json) => concat(json.slice(0, -1), utf8(',"a":"'), Uint8Array.of(0xff), utf8('"}')),
		}),
		'no client data': sent({ clientDataJSON: undefined }),
		'client data not base64url': sent({ clientDataJSON: 'e30=+/' }),
		'no attestation object': sent({ attestationObject: undefined }),
		'an empty attestation object': sent({ attestationObject: '' }),
		'an attestation object that is a number': sent({ attestationObject: base64url(encodeCbor(1)) }),
		'an attestation object without parts': sent({ attestationObject: base64url(encodeCbor(new Map())) }),
		'authenticator data too short': bytes((honest) => honest.slice(0, 36)),
		'bytes left over': bytes((honest) => concat(honest, Uint8Array.of(0))),
		'extensions announced and missing': bytes(setFlag(128)),
		'a statement that is a list': statement('none', []),
	},
	'passkey_refused/rp-id': {
		'another RP ID': knobs({ wrongRpId: 'example.test' }),
		'the RP ID in other letters': knobs({ wrongRpId: 'ID.example.test' }),
	},
	'passkey_refused/user-present': { 'nobody present': knobs({ userPresent: false }) },
	'passkey_refused/user-verified': { 'nobody verified': knobs({ userVerified: false }) },
	'passkey_refused/backup-flags': { 'backed up but not eligible': knobs({ backedUpWithoutEligible: true }) },
	'passkey_refused/credential-id': {
		'no credential inside': bytes(withoutCredential),
		'the id of another credential': knobs({ otherCredential: base64url(utf8('another credential')) }),
		'an id of 1024 bytes': knobs({ credentialIdBytes: new Uint8Array(1024).fill(7) }),
		'an empty id': knobs({ credentialIdBytes: new Uint8Array(0) }),
	},
	'passkey_refused/algorithm': {
		'ML-DSA-44, which one runtime knows and the other does not': knobs({ algorithm: -48 }),
		ES384: knobs({ algorithm: -35 }),
		RS1: knobs({ algorithm: -65535 }),
		'no algorithm': cose((key) => key.delete(3)),
	},
	'passkey_refused/public-key': {
		'ES256 on P-384': cose((key) => key.set(-1, 2)),
		'EdDSA with an EC key': knobs({ algorithm: -8 }),
		'ES256 with an Ed25519 key': cose((key) => key.set(3, -7), -8),
		'ES256 with the type of another key': cose((key) => key.set(1, 1)),
		Ed448: cose((key) => key.set(-1, 7), -8),
		'half a point': cose((key) => key.delete(-3)),
		'a compressed point': cose((key) => key.set(-3, true)),
		'a coordinate of 31 bytes': cose((key) => key.set(-2, new Uint8Array(31))),
		'a key cut short': bytes((honest) => honest.slice(0, -3)),
		'RSA of 1024 bits': cose((key) => key.set(-1, new Uint8Array(128).fill(255)), -257),
		'a key that is a text': knobs({ coseKey: () => 'key' }),
	},
	'passkey_refused/attestation': {
		'rawId and id apart': { given: ({ response }) => ({ response: { ...response, rawId: 'AAAA' } }) },
		'another type of credential': {
			given: ({ response }) => ({ response: { ...response, type: 'password' as 'public-key' } }),
		},
		'none, with a statement': statement('none', new Map([['sig', new Uint8Array(64)]])),
		'self attestation by another key': knobs({ attestation: 'self', bogusSignature: true }),
		'packed without a signature': statement('packed', new Map([['alg', -7]])),
		'a certificate that nobody asked for': packed([new Uint8Array(9)]),
		'a list of no certificates': packed([]),
		'android-key unasked': statement('android-key', new Map()),
		'apple unasked': statement('apple', new Map()),
		'a format that nobody knows': statement('compound', new Map()),
	},
	'passkey_refused/tier': {
		'a synced passkey where none is let in': { phone: SYNCED, given: () => ({ allowTiers: ['device-bound'] }) },
		'an unattested one where attestation is asked': { given: () => ({ allowTiers: ['attested'] }) },
		'no tier let in': { given: () => ({ allowTiers: [] }) },
	},
	'passkey_copied/browser-key': {
		'a synced passkey without the browser key': { phone: SYNCED, given: () => ({ browserKey: undefined }) },
		'a proof over another ceremony': proof(() =>
			newPhone().browserKeyProof({ response: { clientDataJSON: base64url(utf8('{}')) } }),
		),
		'a proof by another key than the one named': proof(async (_, { response }) => ({
			jwk: (await newPhone().browserKeyProof(response)).jwk,
		})),
		'another curve': jwk({ crv: 'P-384' }),
		'no EC key': jwk({ kty: 'OKP' }),
		'a private key': jwk({ d: base64url(new Uint8Array(32).fill(1)) }),
		'a short coordinate': jwk({ x: 'AAAA' }),
		'no coordinate': jwk({ y: undefined }),
		'a point off the curve': jwk({ y: base64url(new Uint8Array(32).fill(1)) }),
		'a signature in DER': signature(toDer),
		'a signature of zeros': signature(() => new Uint8Array(64)),
		'no signature': signature(() => new Uint8Array(0)),
	},
}

describe('a registration with one thing wrong', () => {
	const rows = Object.entries(BROKEN).flatMap(([outcome, turns]) =>
		Object.entries(turns).map(([name, turn]) => [name, outcome, turn] as const),
	)
	test.each(rows)('%s → %s', async (_, outcome, turn) => {
		expect(await outcomeOf(register(turn))).toBe(outcome)
	})
})

describe('a registration as it should be', () => {
	test.each<[string, RegistrationTurn]>([
		['as it is', {}],
		['at the second origin', knobs({ wrongOrigin: 'https://www.id.example.test' })],
		['without crossOrigin, as older browsers', knobs({ crossOrigin: undefined })],
		['with a member that nobody knows', data({ other_keys_can_be_added_here: 'do not compare' })],
		['with self attestation', knobs({ attestation: 'self' })],
		['with EdDSA', { phone: { algorithm: -8 } }],
		['with RS256', { phone: { algorithm: -257 } }],
		['with an id of 1023 bytes', knobs({ credentialIdBytes: new Uint8Array(1023).fill(7) })],
		['with a synced passkey and its browser key', { phone: SYNCED }],
	])('%s', async (_, turn) => {
		expect(await outcomeOf(register(turn))).toBe('ok')
	})
})
