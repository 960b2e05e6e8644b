import { Buffer } from 'node:buffer'
import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
/**
 * Hashes that answer at once. The synchronous functions of node:crypto exist on Bun and on workerd alike and cost a
 * fraction of a trip through WebCrypto, which matters where each request hashes a token or two.
 */

/** SHA-256 in base64url: how every token, code, cookie and link secret is stored. The input must be random, never a PID or a PIN. */
export function hashSecret(secret: string): string {
	return createHash('sha256').update(secret).digest('base64url')
}

export function sha256(data: Uint8Array | string): Uint8Array<ArrayBuffer> {
	return new Uint8Array(createHash('sha256').update(data).digest())
}

export function sha512(data: Uint8Array | string): Uint8Array<ArrayBuffer> {
	return new Uint8Array(createHash('sha512').update(data).digest())
}

export function hmacSha256(key: Uint8Array, data: Uint8Array | string): Uint8Array<ArrayBuffer> {
	return new Uint8Array(createHmac('sha256', key).update(data).digest())
}

/** Equality that takes the same time wherever the texts differ. Lengths are not hidden. */
export function equalInConstantTime(a: string, b: string): boolean {
	const left = Buffer.from(a, 'utf8')
	const right = Buffer.from(b, 'utf8')
	return left.length === right.length && timingSafeEqual(left, right)
}
