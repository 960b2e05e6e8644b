import { base64url } from '../../lib/bytes.ts'
import { MINUTE } from '../../lib/clock.ts'
import { equalInConstantTime } from '../../lib/crypto.ts'
import type { Vault } from '../../lib/vault.ts'

/** A nonce is given for so long, and good for as long again. */
const WINDOW = 5 * MINUTE

/**
 * RFC 9449 §8: a nonce that nobody can make but us and that nothing has to be stored for: a MAC over the time, cut to
 * 128 bits. 22 characters.
 * @param now ms
 */
export const dpopNonce = (vault: Vault, now: number): string => nonceOf(vault, Math.floor(now / WINDOW))

/**
 * Whether a nonce still counts.
 * @returns ms until when it does, or null
 */
export function nonceGoodUntil(vault: Vault, now: number, nonce: string): number | null {
	const window = Math.floor(now / WINDOW)
	for (const candidate of [window, window - 1])
		if (equalInConstantTime(nonceOf(vault, candidate), nonce)) return (candidate + 2) * WINDOW
	return null
}

const nonceOf = (vault: Vault, window: number): string =>
	base64url(vault.mac('dpop', `nonce/${window}`).subarray(0, 16))
