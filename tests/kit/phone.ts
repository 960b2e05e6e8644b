import type {
	AuthenticationResponseJSON,
	BrowserKeyProof,
	PublicKeyCredentialCreationOptionsJSON,
	PublicKeyCredentialRequestOptionsJSON,
	RegistrationResponseJSON,
} from '../../src/authn/passkey/index.ts'
import { base64url, fromBase64url, utf8 } from '../../src/lib/bytes.ts'
import { type Random, systemRandom } from '../../src/lib/random.ts'
import { type Cbor, concat, encodeCbor } from './cbor.ts'
import { type CoseAlgorithm, newPasskeyPair, type PasskeyPair } from './phone-key.ts'

/**
 * A phone in software: the WebAuthn client, the authenticator and the browser's own key in one, built on WebCrypto and
 * our own CBOR so that nothing of it is shared with the library that verifies.
 *
 * Left alone it is honest: it refuses what a real one refuses (a foreign RP ID, an excluded credential, no credential
 * of that list) by throwing a DOMException of the same name. Each knob breaks one thing BEFORE it is signed, so that a
 * refusal is due to that thing and not to a broken signature. Officers' security keys are phones too.
 */
export interface PhoneKnobs {
	userVerified?: boolean
	userPresent?: boolean
	wrongOrigin?: string
	crossOrigin?: unknown
	topOrigin?: string
	wrongChallenge?: string
	wrongType?: string
	wrongRpId?: string
	/** A signature of the right shape, by another key. */
	bogusSignature?: boolean
	/** Says the contrary of what was said at registration. */
	flipBackupEligible?: boolean
	backedUpWithoutEligible?: boolean
	backedUp?: boolean
	signCount?: number
	/** The id that the response claims, base64url. */
	otherCredential?: string
	/** The COSE algorithm that a new key claims. */
	algorithm?: number
	/** base64url; null leaves it out. */
	userHandle?: string | null
	/** The whole of the client data, before it is hashed. */
	clientData?: (data: Record<string, unknown>) => unknown
	/** The bytes of clientDataJSON, before they are hashed. */
	clientDataBytes?: (bytes: Uint8Array<ArrayBuffer>) => Uint8Array<ArrayBuffer>
	/** The authenticator data, before they are signed. */
	authenticatorData?: (bytes: Uint8Array<ArrayBuffer>) => Uint8Array<ArrayBuffer>
	/** A new key's COSE map. */
	coseKey?: (key: Map<Cbor, Cbor>) => Cbor
	/** A new credential's id. */
	credentialIdBytes?: Uint8Array
	/** `self`: packed, signed by the new key itself. A function gets what a statement signs. */
	attestation?: 'self' | ((signed: Uint8Array<ArrayBuffer>) => Promise<{ fmt: string; attStmt: Cbor }>)
}

export interface PhoneOptions {
	rpId: string
	origin: string
	/** As every iPhone: a cloud account may copy the passkeys. */
	backupEligible?: boolean
	/** Whether passkeys are found without a list of ids; by default as the options ask. */
	discoverable?: boolean
	algorithm?: CoseAlgorithm
	/** Names credentials; keys are always WebCrypto's. */
	random?: Random
}

export interface Phone {
	/** The credential made last, base64url. */
	readonly credentialId: string | null
	create(options: PublicKeyCredentialCreationOptionsJSON, knobs?: PhoneKnobs): Promise<RegistrationResponseJSON>
	get(options: PublicKeyCredentialRequestOptionsJSON, knobs?: PhoneKnobs): Promise<AuthenticationResponseJSON>
	browserKeyProof(response: { response: { clientDataJSON: string } }): Promise<BrowserKeyProof>
	/** The other phone gets the passkeys, as a cloud account copies them; never the browser's own key. */
	copyTo(other: Phone): void
}

interface Passkey {
	id: string
	rpId: string
	pair: PasskeyPair
	userHandle: string
	discoverable: boolean
	backupEligible: boolean
}

const FLAG = { userPresent: 1, userVerified: 4, backupEligible: 8, backedUp: 16, attested: 64 } as const

/** The passkeys of each phone: what `copyTo` copies. */
const keychains = new WeakMap<Phone, Map<string, Passkey>>()

const sha256 = async (data: Uint8Array<ArrayBuffer>) => new Uint8Array(await crypto.subtle.digest('SHA-256', data))

const refusal = (name: 'NotAllowedError' | 'InvalidStateError' | 'SecurityError' | 'NotSupportedError') =>
	new DOMException(`the phone refuses: ${name}`, name)

function clientData(type: string, challenge: string, origin: string, knobs: PhoneKnobs): Uint8Array<ArrayBuffer> {
	// The order of WebAuthn L3 §5.8.1.1.
	const honest: Record<string, unknown> = {
		type: knobs.wrongType ?? type,
		challenge: knobs.wrongChallenge ?? challenge,
		origin: knobs.wrongOrigin ?? origin,
		crossOrigin: 'crossOrigin' in knobs ? knobs.crossOrigin : false,
		...(knobs.topOrigin === undefined ? {} : { topOrigin: knobs.topOrigin }),
	}
	const bytes = utf8(JSON.stringify(knobs.clientData ? knobs.clientData(honest) : honest))
	return knobs.clientDataBytes ? knobs.clientDataBytes(bytes) : bytes
}

function flagsOf(backupEligible: boolean, knobs: PhoneKnobs): number {
	const eligible = knobs.flipBackupEligible ? !backupEligible : backupEligible
	const backedUp = knobs.backedUpWithoutEligible || (knobs.backedUp ?? eligible)
	return (
		((knobs.userPresent ?? true) ? FLAG.userPresent : 0) |
		((knobs.userVerified ?? true) ? FLAG.userVerified : 0) |
		(eligible && !knobs.backedUpWithoutEligible ? FLAG.backupEligible : 0) |
		(backedUp ? FLAG.backedUp : 0)
	)
}

/** WebAuthn L3 §6.1. */
async function authenticatorData(rpId: string, flags: number, knobs: PhoneKnobs, attested = new Uint8Array(0)) {
	const counter = new Uint8Array(4)
	new DataView(counter.buffer).setUint32(0, knobs.signCount ?? 0)
	const honest = concat(await sha256(utf8(knobs.wrongRpId ?? rpId)), Uint8Array.of(flags), counter, attested)
	return knobs.authenticatorData ? knobs.authenticatorData(honest) : honest
}

function attestedCredential(passkey: Passkey, knobs: PhoneKnobs): Uint8Array<ArrayBuffer> {
	const id = fromBase64url(passkey.id)
	const key = new Map(passkey.pair.cose)
	if (knobs.algorithm !== undefined) key.set(3, knobs.algorithm)
	return concat(
		new Uint8Array(16),
		Uint8Array.of(id.length >> 8, id.length & 0xff),
		id,
		encodeCbor(knobs.coseKey ? knobs.coseKey(key) : key),
	)
}

async function attestation(passkey: Passkey, signed: Uint8Array<ArrayBuffer>, knobs: PhoneKnobs) {
	if (typeof knobs.attestation === 'function') return knobs.attestation(signed)
	if (knobs.attestation !== 'self') return { fmt: 'none', attStmt: new Map<Cbor, Cbor>() }
	const pair = knobs.bogusSignature ? await newPasskeyPair(passkey.pair.algorithm) : passkey.pair
	const attStmt = new Map<Cbor, Cbor>([
		['alg', passkey.pair.algorithm],
		['sig', await pair.sign(signed)],
	])
	return { fmt: 'packed', attStmt }
}

function findPasskey(passkeys: ReadonlyMap<string, Passkey>, options: PublicKeyCredentialRequestOptionsJSON): Passkey {
	const mine = [...passkeys.values()].filter((passkey) => passkey.rpId === options.rpId)
	const allowed = options.allowCredentials ?? []
	const found = allowed.length
		? mine.find((passkey) => allowed.some(({ id }) => id === passkey.id))
		: mine.findLast((passkey) => passkey.discoverable)
	if (!found) throw refusal('NotAllowedError')
	return found
}

/** Whether the new passkey is found without a list. @throws DOMException where it must be and cannot. */
function discoverability(options: PublicKeyCredentialCreationOptionsJSON, able: boolean | undefined): boolean {
	const wanted = options.authenticatorSelection?.residentKey ?? 'discouraged'
	if (wanted === 'required' && able === false) throw refusal('NotAllowedError')
	return able ?? wanted !== 'discouraged'
}

async function registration(
	passkey: Passkey,
	options: PublicKeyCredentialCreationOptionsJSON,
	origin: string,
	knobs: PhoneKnobs,
): Promise<RegistrationResponseJSON> {
	const client = clientData('webauthn.create', options.challenge, origin, knobs)
	const flags = flagsOf(passkey.backupEligible, knobs) | FLAG.attested
	const data = await authenticatorData(passkey.rpId, flags, knobs, attestedCredential(passkey, knobs))
	const { fmt, attStmt } = await attestation(passkey, concat(data, await sha256(client)), knobs)
	const object = new Map<Cbor, Cbor>([
		['fmt', fmt],
		['attStmt', attStmt],
		['authData', data],
	])
	const id = knobs.otherCredential ?? passkey.id
	return {
		id,
		rawId: id,
		type: 'public-key',
		authenticatorAttachment: 'platform',
		clientExtensionResults: { credProps: { rk: passkey.discoverable } },
		response: {
			clientDataJSON: base64url(client),
			attestationObject: base64url(encodeCbor(object)),
			authenticatorData: base64url(data),
			publicKeyAlgorithm: passkey.pair.algorithm,
			transports: ['internal'],
		},
	}
}

async function assertion(
	passkey: Passkey,
	options: PublicKeyCredentialRequestOptionsJSON,
	origin: string,
	knobs: PhoneKnobs,
): Promise<AuthenticationResponseJSON> {
	const client = clientData('webauthn.get', options.challenge, origin, knobs)
	const data = await authenticatorData(passkey.rpId, flagsOf(passkey.backupEligible, knobs), knobs)
	const signer = knobs.bogusSignature ? await newPasskeyPair(passkey.pair.algorithm) : passkey.pair
	const userHandle = 'userHandle' in knobs ? knobs.userHandle : passkey.discoverable ? passkey.userHandle : null
	const id = knobs.otherCredential ?? passkey.id
	return {
		id,
		rawId: id,
		type: 'public-key',
		authenticatorAttachment: 'platform',
		clientExtensionResults: {},
		response: {
			clientDataJSON: base64url(client),
			authenticatorData: base64url(data),
			signature: base64url(await signer.sign(concat(data, await sha256(client)))),
			...(userHandle ? { userHandle } : {}),
		},
	}
}

/** The browser's own key: made at its first use, never extractable. */
function createBrowserKey(): Phone['browserKeyProof'] {
	let key: Promise<CryptoKeyPair> | null = null
	return async ({ response }) => {
		key ??= crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign', 'verify'])
		const { privateKey, publicKey } = await key
		const data = fromBase64url(response.clientDataJSON)
		const signature = await crypto.subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, privateKey, data)
		return { jwk: await crypto.subtle.exportKey('jwk', publicKey), signature: base64url(new Uint8Array(signature)) }
	}
}

export function createPhone({ rpId, origin, algorithm = -7, random = systemRandom, ...kind }: PhoneOptions): Phone {
	const passkeys = new Map<string, Passkey>()
	let newest: string | null = null

	const phone: Phone = {
		get credentialId() {
			return newest
		},
		async create(options, knobs = {}) {
			if (options.rp.id !== rpId) throw refusal('SecurityError')
			if (!options.pubKeyCredParams.some(({ alg }) => alg === algorithm)) throw refusal('NotSupportedError')
			if (options.excludeCredentials?.some(({ id }) => passkeys.has(id))) throw refusal('InvalidStateError')
			const passkey: Passkey = {
				id: base64url(knobs.credentialIdBytes ?? random.bytes(32)),
				rpId,
				pair: await newPasskeyPair(algorithm),
				userHandle: options.user.id,
				discoverable: discoverability(options, kind.discoverable),
				backupEligible: kind.backupEligible ?? false,
			}
			passkeys.set(passkey.id, passkey)
			newest = passkey.id
			return registration(passkey, options, origin, knobs)
		},
		async get(options, knobs = {}) {
			if (options.rpId !== rpId) throw refusal('SecurityError')
			return assertion(findPasskey(passkeys, options), options, origin, knobs)
		},
		browserKeyProof: createBrowserKey(),
		copyTo(other) {
			for (const [id, passkey] of passkeys) keychains.get(other)?.set(id, passkey)
		},
	}
	keychains.set(phone, passkeys)
	return phone
}
