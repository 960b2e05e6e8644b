/** As much of RFC 8949 as an authenticator writes: integers, bytes, texts, arrays and maps in the order given. */
export type Cbor = number | string | boolean | Uint8Array | readonly Cbor[] | ReadonlyMap<Cbor, Cbor>

export function concat(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
	const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
	let at = 0
	for (const part of parts) {
		whole.set(part, at)
		at += part.length
	}
	return whole
}

function head(major: number, value: number): Uint8Array {
	const type = major << 5
	if (value < 24) return Uint8Array.of(type | value)
	if (value < 0x100) return Uint8Array.of(type | 24, value)
	if (value < 0x10000) return Uint8Array.of(type | 25, value >> 8, value & 0xff)
	const long = new Uint8Array(5)
	long[0] = type | 26
	new DataView(long.buffer).setUint32(1, value)
	return long
}

export function encodeCbor(value: Cbor): Uint8Array<ArrayBuffer> {
	if (typeof value === 'boolean') return Uint8Array.of(value ? 0xf5 : 0xf4)
	if (typeof value === 'number') return concat(value < 0 ? head(1, -1 - value) : head(0, value))
	if (typeof value === 'string') {
		const text = new TextEncoder().encode(value)
		return concat(head(3, text.length), text)
	}
	if (value instanceof Uint8Array) return concat(head(2, value.length), value)
	if (value instanceof Map) {
		const entries = [...(value as ReadonlyMap<Cbor, Cbor>)]
		return concat(head(5, entries.length), ...entries.flatMap(([key, item]) => [encodeCbor(key), encodeCbor(item)]))
	}
	const items = value as readonly Cbor[]
	return concat(head(4, items.length), ...items.map(encodeCbor))
}
