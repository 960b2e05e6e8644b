import { fromBase64url } from '../../lib/bytes.ts'

/** The encodings of Ed25519's points of small order, their sign left out (little endian, as in RFC 8032 §5.1.2). */
const SMALL_ORDER = [
	'00'.repeat(32),
	`01${'00'.repeat(31)}`,
	'26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
	'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
	`ec${'ff'.repeat(30)}7f`,
	`ed${'ff'.repeat(30)}7f`,
	`ee${'ff'.repeat(30)}7f`,
]

/**
 * Whether an Ed25519 key proves nothing: under a key of small order one signature fits every message, and libraries that
 * follow RFC 8032 to the letter take it.
 * @param x the JWK's member; what is no base64url is left for the import to refuse
 */
export function isOfSmallOrder(x: string): boolean {
	let bytes: Uint8Array
	try {
		bytes = fromBase64url(x)
	} catch {
		return false
	}
	if (bytes.length !== 32) return false
	return SMALL_ORDER.includes(bytes.with(31, (bytes[31] ?? 0) & 0x7f).toHex())
}
