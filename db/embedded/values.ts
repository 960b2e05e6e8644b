import { Buffer } from 'node:buffer'
import type { InValue, Value } from '@libsql/core/api'

const MIN_INTEGER = -(2n ** 63n)
const MAX_INTEGER = 2n ** 63n - 1n

/**
 * A value as the engine takes it.
 * @throws RangeError for a number that is not finite, or a bigint of more than 64 bits
 * @throws TypeError for `undefined`
 */
export function toEngine(value: InValue): unknown {
	switch (typeof value) {
		case 'string':
			return value
		case 'number':
			if (!Number.isFinite(value)) throw new RangeError('Only finite numbers can be passed as arguments')
			return value
		case 'bigint':
			if (value < MIN_INTEGER || value > MAX_INTEGER) throw new RangeError('bigint is too large for a 64-bit integer')
			return value
		case 'boolean':
			return value ? 1 : 0
		case 'undefined':
			throw new TypeError('undefined cannot be passed as argument to the database')
	}
	if (value instanceof ArrayBuffer) return Buffer.from(value)
	if (value instanceof Date) return value.valueOf()
	return value
}

/**
 * A value as a row shows it; integers arrive as bigint, so that none is rounded on the way.
 * @throws RangeError for an integer that no JavaScript number holds
 */
export function fromEngine(value: unknown): Value {
	if (typeof value === 'bigint') {
		if (value < Number.MIN_SAFE_INTEGER || value > Number.MAX_SAFE_INTEGER)
			throw new RangeError('Received integer which cannot be safely represented as a JavaScript number')
		return Number(value)
	}
	if (Buffer.isBuffer(value)) {
		const { buffer, byteOffset, byteLength } = value
		return (
			buffer.byteLength === byteLength ? buffer : buffer.slice(byteOffset, byteOffset + byteLength)
		) as ArrayBuffer
	}
	return value as Value
}
