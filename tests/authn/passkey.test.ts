import { describe, expect, setDefaultTimeout, test } from 'bun:test'
import fc from 'fast-check'
import {
	ALGORITHMS,
	type AssertionToVerify,
	allowedPasskey,
	authenticationResponse,
	browserKeyProof,
	challengeOf,
	creationOptions,
	type RegistrationToVerify,
	registrationResponse,
	requestOptions,
	verifyAssertion,
	verifyRegistration,
} from '../../src/authn/passkey/index.ts'
import { base64url, utf8 } from '../../src/lib/bytes.ts'
import { newChallenge, newPhone, OWNER, outcomeOf, register, rp, signIn, signInWith } from './passkey-ceremony.ts'

// Some tests here try hundreds of values each.
setDefaultTimeout(60_000)

const asked = {
	userId: OWNER,
	userName: 'Somsri',
	displayName: 'Somsri R.',
	challenge: newChallenge(),
	discoverable: 'discouraged' as const,
	platformOnly: true,
}

describe('what the browser is asked', () => {
	test('a new passkey of a citizen: this device, verified, three algorithms, no statement', async () => {
		expect(await creationOptions(rp, asked)).toMatchObject({
			challenge: asked.challenge,
			rp: { id: rp.id, name: rp.name },
			user: { id: base64url(utf8(OWNER)), name: 'Somsri', displayName: 'Somsri R.' },
			pubKeyCredParams: [-7, -8, -257].map((alg) => ({ alg, type: 'public-key' })),
			attestation: 'none',
			authenticatorSelection: {
				authenticatorAttachment: 'platform',
				residentKey: 'discouraged',
				requireResidentKey: false,
				userVerification: 'required',
			},
			hints: ['client-device'],
			timeout: 300_000,
		})
		expect([...ALGORITHMS]).toEqual([-7, -8, -257])
	})

	test('a new passkey of an officer: security keys too, statement asked, old ones excluded', async () => {
		const exclude = [{ id: 'AAAA', transports: ['usb'] }]
		const options = await creationOptions(rp, {
			...asked,
			platformOnly: false,
			discoverable: 'required',
			attestation: 'direct',
			exclude,
		})
		expect(options).toMatchObject({
			attestation: 'direct',
			excludeCredentials: [{ id: 'AAAA', transports: ['usb'], type: 'public-key' }],
			authenticatorSelection: { residentKey: 'required', requireResidentKey: true },
			hints: ['security-key', 'client-device'],
		})
		expect(options.authenticatorSelection?.authenticatorAttachment).toBeUndefined()
	})

	test('an assertion: verified, with the list or without', async () => {
		const allow = [{ id: 'AAAA', transports: ['internal'] }]
		expect(await requestOptions(rp, { challenge: asked.challenge, allow })).toMatchObject({
			challenge: asked.challenge,
			rpId: rp.id,
			userVerification: 'required',
			allowCredentials: [{ id: 'AAAA', type: 'public-key', transports: ['internal'] }],
			hints: ['client-device'],
		})
		expect((await requestOptions(rp, { challenge: asked.challenge, allow: [] })).allowCredentials).toEqual([])
	})

	test.each(['', 'x'.repeat(65)])('a user id that WebAuthn cannot carry is a bug: %p', async (userId) => {
		await expect(creationOptions(rp, { ...asked, userId })).rejects.toThrow('1 to 64 bytes')
	})
})

describe('what is kept', () => {
	test('of a bound passkey', async () => {
		const { passkey, phone } = await register({ knobs: { signCount: 7 } })
		expect(passkey).toMatchObject({
			credentialId: phone.credentialId,
			algorithm: -7,
			signCount: 7,
			backupEligible: false,
			backedUp: false,
			tier: 'device-bound',
			browserKey: null,
			aaguid: '00000000-0000-0000-0000-000000000000',
		})
		expect(allowedPasskey(passkey)).toEqual({ id: passkey.credentialId, transports: ['internal'] })
	})

	test('of a synced passkey: the browser key, public and in one spelling', async () => {
		const { passkey } = await register({ phone: { backupEligible: true } })
		expect(passkey).toMatchObject({ tier: 'browser-bound', backupEligible: true, backedUp: true })
		expect(Object.keys(JSON.parse(passkey.browserKey ?? '{}'))).toEqual(['kty', 'crv', 'x', 'y'])
	})

	test('an eligible passkey that is not backed up yet is browser-bound all the same', async () => {
		const { passkey } = await register({ phone: { backupEligible: true }, knobs: { backedUp: false } })
		expect(passkey).toMatchObject({ tier: 'browser-bound', backupEligible: true, backedUp: false })
	})
})

describe('the counter', () => {
	test.each([
		[0, 0, false],
		[0, 1, false],
		[5, 6, false],
		[5, 5, true],
		[5, 4, true],
		[5, 0, true],
	])('stored %i, said %i: went back %p', async (stored, said, signCountWentBack) => {
		const outcome = await signIn({
			knobs: { signCount: said },
			given: (given) => ({ stored: { ...given.stored, signCount: stored } }),
		})
		expect(outcome).toEqual({ signCount: said, backedUp: false, signCountWentBack })
	})
})

describe('a copied passkey', () => {
	test('does not sign in from another device, and still does from its own', async () => {
		const { passkey, phone } = await register({ phone: { backupEligible: true } })
		const thief = newPhone({ backupEligible: true })
		phone.copyTo(thief)
		expect(await outcomeOf(signInWith(thief, passkey, { discovered: true }))).toBe('passkey_copied/browser-key')
		expect(await outcomeOf(signInWith(phone, passkey, { discovered: true }))).toBe('ok')
	})

	test('backed up after its registration is reported', async () => {
		const { passkey, phone } = await register({ phone: { backupEligible: true }, knobs: { backedUp: false } })
		expect(await signInWith(phone, passkey, { knobs: { backedUp: true } })).toMatchObject({ backedUp: true })
	})
})

describe('what comes from the network', () => {
	test('passes the schemas, and what we do not read is dropped', async () => {
		const phone = newPhone()
		const creation = await phone.create(await creationOptions(rp, asked))
		const parsed = registrationResponse.parse({ ...creation, extra: 1 })
		expect(parsed).toEqual({
			id: creation.id,
			rawId: creation.rawId,
			type: 'public-key',
			clientExtensionResults: {},
			response: {
				clientDataJSON: creation.response.clientDataJSON,
				attestationObject: creation.response.attestationObject,
				transports: ['internal'],
			},
		})
		const assertion = await phone.get(
			await requestOptions(rp, {
				challenge: asked.challenge,
				allow: [{ id: parsed.id, transports: [] }],
			}),
		)
		const { response } = authenticationResponse.parse(assertion)
		expect<object>(response).toEqual(assertion.response)
		const given = await phone.browserKeyProof(assertion)
		expect(Object.keys(browserKeyProof.parse(given).jwk)).toEqual(['kty', 'crv', 'x', 'y'])
		expect(challengeOf(assertion)).toBe(asked.challenge)
	})

	test('is refused where a part is too long or not base64url', async () => {
		const response = await newPhone().create(await creationOptions(rp, asked))
		for (const id of ['', 'a+b', 'a'.repeat(2_000)])
			expect(registrationResponse.safeParse({ ...response, id }).success).toBe(false)
	})

	test.each([
		'',
		'AAAA',
		base64url(utf8('[]')),
		base64url(utf8('{"challenge":1}')),
		base64url(utf8('{"challenge":""}')),
	])('names no challenge: %p', (clientDataJSON) => {
		expect(challengeOf({ response: { clientDataJSON } })).toBeNull()
	})
})

describe('garbage', () => {
	const honestRegistration = async (): Promise<RegistrationToVerify> => {
		const phone = newPhone()
		const response = await phone.create(await creationOptions(rp, asked))
		return { response, challenge: asked.challenge, allowTiers: ['device-bound', 'browser-bound'] }
	}

	/** Bytes of the honest one with a piece replaced, or none of it. */
	const spoilt = (honest: string) => {
		const bytes = Uint8Array.fromBase64(honest, { alphabet: 'base64url' })
		const piece = fc
			.tuple(fc.nat(bytes.length - 1), fc.uint8Array({ minLength: 1, maxLength: 8 }))
			.map(([at, part]) => {
				const copy = bytes.slice()
				copy.set(part.subarray(0, copy.length - at), at)
				return copy
			})
		return fc.oneof(piece, piece, fc.uint8Array({ maxLength: 300 })).map((some) => base64url(some))
	}

	test('as an attestation object is a refusal or a passkey, never a crash', async () => {
		const honest = await honestRegistration()
		await fc.assert(
			fc.asyncProperty(spoilt(honest.response.response.attestationObject), async (attestationObject) => {
				const response = { ...honest.response, response: { ...honest.response.response, attestationObject } }
				expect(await outcomeOf(verifyRegistration(rp, { ...honest, response }))).toMatch(
					/^(ok|passkey_(refused|copied)\/)/,
				)
			}),
			{ numRuns: 1_000 },
		)
	})

	const honestAssertion = async (): Promise<AssertionToVerify> => {
		const { promise, resolve } = Promise.withResolvers<AssertionToVerify>()
		await signIn({
			given: (given) => {
				resolve(given)
				return {}
			},
		})
		return promise
	}

	test.each(['clientDataJSON', 'authenticatorData'] as const)(
		'in %s is a refusal: all of it is signed',
		async (part) => {
			const { response, ...rest } = await honestAssertion()
			await fc.assert(
				fc.asyncProperty(spoilt(response.response[part]), async (bytes) => {
					fc.pre(bytes !== response.response[part])
					const changed = { ...response, response: { ...response.response, [part]: bytes } }
					expect(await outcomeOf(verifyAssertion(rp, { ...rest, response: changed }))).toMatch(/^passkey_/)
				}),
				{ numRuns: 500 },
			)
		},
	)

	test('in a number of the signature is a refusal', async () => {
		const { response, ...rest } = await honestAssertion()
		await fc.assert(
			// Of the envelope around the numbers the library's DER reader takes more than one spelling, which proves no less.
			fc.asyncProperty(fc.integer({ min: 1, max: 24 }), fc.integer({ min: 1, max: 255 }), async (fromEnd, mask) => {
				const signature = Uint8Array.fromBase64(response.response.signature, { alphabet: 'base64url' })
				signature[signature.length - fromEnd] = (signature.at(-fromEnd) ?? 0) ^ mask
				const changed = { ...response, response: { ...response.response, signature: base64url(signature) } }
				expect(await outcomeOf(verifyAssertion(rp, { ...rest, response: changed }))).toBe('passkey_refused/signature')
			}),
			{ numRuns: 300 },
		)
	})
})
