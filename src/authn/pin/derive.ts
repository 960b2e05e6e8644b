import { base64url, fromBase64url, utf8 } from '../../lib/bytes.ts'
import { equalInConstantTime } from '../../lib/crypto.ts'
import type { Random } from '../../lib/random.ts'
import type { Vault } from '../../lib/vault.ts'
import type { PinRecord, Stretch } from './types.ts'

/** No more: Cloudflare's WebCrypto throws above it, in production only (cloudflare/workerd#1346). */
export const ITERATIONS = 100_000

const SALT_LENGTH = 16
const HASH_BITS = 256

const pbkdf2: Stretch = async (pin, salt, iterations) => {
	const key = await crypto.subtle.importKey('raw', utf8(pin), 'PBKDF2', false, ['deriveBits'])
	return new Uint8Array(
		await crypto.subtle.deriveBits({ name: 'PBKDF2', hash: 'SHA-256', salt, iterations }, key, HASH_BITS),
	)
}

/**
 * HMAC-SHA-256(pepper, PBKDF2-SHA-256(PIN, salt, iterations)). There are only 10^8 PINs, so whoever has the rows and
 * the pepper finds each in minutes whatever the iterations; the pepper, which the database does not hold, is what
 * protects them. Takes any text: the rules for a new PIN are `lib/pin-rules.ts`.
 */
export async function derivePin(
	vault: Vault,
	random: Random,
	pin: string,
	stretch: Stretch = pbkdf2,
): Promise<PinRecord> {
	const salt = random.bytes(SALT_LENGTH)
	const stretched = await stretch(pin, salt, ITERATIONS)
	return {
		hash: base64url(vault.mac('pepper', stretched, vault.version)),
		salt: base64url(salt),
		iterations: ITERATIONS,
		pepperVersion: vault.version,
	}
}

/**
 * Whether it is the PIN, in the same time wherever it differs. Ask only after `reserveAttempt` gave a row.
 * @throws Error where the ring no longer holds the row's pepper.
 */
export async function pinMatches(
	vault: Vault,
	row: PinRecord,
	pin: string,
	stretch: Stretch = pbkdf2,
): Promise<boolean> {
	const stretched = await stretch(pin, fromBase64url(row.salt), row.iterations)
	return equalInConstantTime(base64url(vault.mac('pepper', stretched, row.pepperVersion)), row.hash)
}

/** Whether a right PIN should be derived again (`settleRight`'s `fresh`): an older pepper, or other iterations. */
export function pinIsStale(vault: Vault, row: PinRecord): boolean {
	return row.pepperVersion !== vault.version || row.iterations !== ITERATIONS
}
