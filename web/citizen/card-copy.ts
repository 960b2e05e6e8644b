import { fromBase64url } from '../../src/lib/bytes.ts'
import { MINUTE, systemClock } from '../../src/lib/clock.ts'
import { systemRandom } from '../../src/lib/random.ts'
import type { Card } from '../lib/api-types.ts'
import { Failure } from '../lib/failure.ts'
import { attempt, type Derivation } from '../lib/passkey.ts'
import { eraseRecord, newKey, readRecord, type Sealed, seal, unseal, writeRecord } from './sealed-store.ts'

/**
 * The copy of the card that this browser keeps for days without network: the face, sealed, for as long as the server lets
 * it; and the citizen number only where the passkey itself can make a key for it (WebAuthn's `prf`), so that reading it
 * needs the passkey's own user verification. Without network nobody can check the PIN, so the number is not shown for less.
 *
 * The copy ends when the card is locked, when the server does not know this browser any more, and by its time.
 */
export interface CardCopy extends Pick<Card, 'name' | 'portrait' | 'status' | 'asOf'> {
	/** By this device's clock, ms. */
	savedAt: number
	until: number
}

export interface KeptCopy {
	face: CardCopy
	/** Whether the passkey can show the number here. */
	holdsPid: boolean
}

interface Record {
	credentialId: string
	key: CryptoKey
	face: Sealed
	pid: (Sealed & { salt: Uint8Array<ArrayBuffer> }) | null
}

/** A clock that was set back further than this is not believed. */
const SLACK = 5 * MINUTE
const IV_LENGTH = 12
const newIv = () => systemRandom.bytes(IV_LENGTH)

/** What the passkey answers with, at the unlocking that comes before the card is fetched. */
let derived: { salt: Uint8Array<ArrayBuffer>; output: ArrayBuffer } | null = null

/** Handed to the unlocking: the passkey makes the number's key beside its answer. */
export function derivation(): Derivation {
	const salt = systemRandom.bytes(32)
	return {
		salt,
		take: (output) => {
			derived = { salt, output }
		},
	}
}

/** Keeps the card as it has just been read. The number's key is used once and forgotten. */
export async function keepCopy(card: Card): Promise<void> {
	const { credentialId, keptFor } = card.copy
	const fresh = derived
	derived = null
	if (keptFor <= 0) return eraseRecord()
	const savedAt = systemClock.now()
	const { name, portrait, status, asOf } = card
	const face: CardCopy = { name, portrait, status, asOf, savedAt, until: savedAt + keptFor }
	const key = await newKey()
	const before = await readRecord<Record>()
	const record: Record = {
		credentialId,
		key,
		face: await seal(key, JSON.stringify(face), credentialId, newIv()),
		pid: fresh
			? {
					...(await seal(await pidKey(fresh.output), card.pid, credentialId, newIv())),
					salt: fresh.salt,
				}
			: before?.credentialId === credentialId
				? before.pid
				: null,
	}
	await writeRecord(record)
}

/** The copy while it holds; what is over or does not open is erased. */
export async function readCopy(): Promise<KeptCopy | null> {
	const record = await readRecord<Record>()
	if (!record) return null
	const now = systemClock.now()
	try {
		const face = JSON.parse(await unseal(record.key, record.face, record.credentialId)) as CardCopy
		if (now < face.until && now > face.savedAt - SLACK) return { face, holdsPid: record.pid !== null }
	} catch {
		// Erased below.
	}
	await eraseRecord()
	return null
}

export async function forgetCopy(): Promise<void> {
	derived = null
	await eraseRecord()
}

/** Opens the number by the passkey's own key. From a person's click. @throws Failure `key_…` */
export async function revealPid(): Promise<string> {
	const record = await readRecord<Record>()
	if (!record?.pid) throw new Failure('key_trouble')
	const { credentialId, pid } = record
	const publicKey = {
		// Nobody checks this answer: the key that it makes either opens the number or does not.
		challenge: systemRandom.bytes(32),
		rpId: location.hostname,
		userVerification: 'required' as const,
		allowCredentials: [{ type: 'public-key' as const, id: fromBase64url(credentialId) }],
		extensions: { prf: { eval: { first: pid.salt } } },
	}
	const answer = await attempt(() => navigator.credentials.get({ publicKey }))
	const output = (answer as PublicKeyCredential | null)?.getClientExtensionResults().prf?.results?.first
	if (!output) throw new Failure('key_trouble')
	return unseal(await pidKey(output), pid, credentialId).catch((cause: unknown) => {
		throw new Failure('key_trouble', {}, { cause })
	})
}

async function pidKey(output: BufferSource): Promise<CryptoKey> {
	const root = await crypto.subtle.importKey('raw', output, 'HKDF', false, ['deriveKey'])
	const info = new TextEncoder().encode('dopa-digital-id/offline-pid')
	const how = { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(0), info }
	return crypto.subtle.deriveKey(how, root, { name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt'])
}
