import {
	type AssertionOutcome,
	type AssertionToVerify,
	creationOptions,
	type NewPasskey,
	type RegistrationToVerify,
	type RelyingPartyId,
	requestOptions,
	verifyAssertion,
	verifyRegistration,
} from '../../src/authn/passkey/index.ts'
import { base64url } from '../../src/lib/bytes.ts'
import { isServiceError } from '../../src/lib/errors.ts'
import { systemRandom } from '../../src/lib/random.ts'
import { createPhone, type Phone, type PhoneKnobs, type PhoneOptions } from '../kit/phone.ts'

/** One honest ceremony, in which a test turns exactly one thing. */
export const rp: RelyingPartyId = {
	id: 'id.example.test',
	name: 'DOPA Digital ID',
	origins: ['https://id.example.test', 'https://www.id.example.test'],
}
export const ORIGIN = 'https://id.example.test'
export const OWNER = 'acc_somsri'

export const newChallenge = (): string => base64url(systemRandom.bytes(32))

export const newPhone = (options: Partial<PhoneOptions> = {}): Phone =>
	createPhone({ rpId: rp.id, origin: ORIGIN, ...options })

export interface RegistrationTurn {
	phone?: Partial<PhoneOptions>
	knobs?: PhoneKnobs
	/** Changes what goes to the server, after the phone has answered. */
	given?: (given: RegistrationToVerify) => Partial<RegistrationToVerify> | Promise<Partial<RegistrationToVerify>>
}

export async function register(
	turn: RegistrationTurn = {},
	phone = newPhone(turn.phone),
	attestation: 'none' | 'direct' = 'none',
): Promise<{ passkey: NewPasskey; phone: Phone }> {
	const challenge = newChallenge()
	const options = await creationOptions(rp, {
		userId: OWNER,
		userName: 'Somsri',
		displayName: 'Somsri',
		challenge,
		discoverable: 'preferred',
		platformOnly: true,
		attestation,
	})
	const response = await phone.create(options, turn.knobs)
	const honest: RegistrationToVerify = {
		response,
		challenge,
		browserKey: await phone.browserKeyProof(response),
		allowTiers: ['attested', 'device-bound', 'browser-bound'],
	}
	return { passkey: await verifyRegistration(rp, { ...honest, ...(await turn.given?.(honest)) }), phone }
}

export interface AssertionTurn {
	phone?: Partial<PhoneOptions>
	knobs?: PhoneKnobs
	/** Changes what goes to the server, after the phone has answered. */
	given?: (given: AssertionToVerify) => Partial<AssertionToVerify> | Promise<Partial<AssertionToVerify>>
	/** The browser offers what it finds, without a list. */
	discovered?: boolean
}

/** Registers honestly, then signs in with one thing turned. */
export async function signIn(turn: AssertionTurn = {}): Promise<AssertionOutcome> {
	const { passkey, phone } = await register({ phone: turn.phone })
	return signInWith(phone, passkey, turn)
}

export async function signInWith(phone: Phone, passkey: NewPasskey, turn: AssertionTurn): Promise<AssertionOutcome> {
	const challenge = newChallenge()
	const allow = turn.discovered ? [] : [{ id: passkey.credentialId, transports: ['internal'] }]
	const response = await phone.get(await requestOptions(rp, { challenge, allow }), turn.knobs)
	const honest: AssertionToVerify = {
		response,
		challenge,
		stored: { ...passkey, accountId: OWNER },
		browserKey: await phone.browserKeyProof(response),
		allow,
	}
	return verifyAssertion(rp, { ...honest, ...(await turn.given?.(honest)) })
}

/** How a ceremony came out: `ok`, or its refusal as `code/step`. An error that is no refusal is thrown on. */
export async function outcomeOf(ceremony: Promise<unknown>): Promise<string> {
	try {
		await ceremony
		return 'ok'
	} catch (error) {
		if (isServiceError(error)) return `${error.code}/${String(error.cause)}`
		throw error
	}
}

/** A copy with one member of the response replaced. */
export function withResponse<T extends { response: object }>(given: { response: T }, part: Partial<T['response']>): T {
	return { ...given.response, response: { ...given.response.response, ...part } }
}
