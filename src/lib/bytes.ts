/** Bytes and their two spellings. Pure: runs in the browser too. */
export type Bytes = Uint8Array<ArrayBuffer>

const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { fatal: true })

export const utf8 = (text: string): Bytes => encoder.encode(text) as Bytes
export const fromUtf8 = (bytes: Uint8Array): string => decoder.decode(bytes)

export function base64url(bytes: Uint8Array): string {
	return bytes.toBase64({ alphabet: 'base64url', omitPadding: true })
}

/** @throws SyntaxError where the text is not base64url. */
export function fromBase64url(text: string): Bytes {
	return Uint8Array.fromBase64(text, { alphabet: 'base64url' }) as Bytes
}
