/** Numbers that look random and are the same each time: everything in the synthetic country is thrown with these. */
export interface Dice {
	/** 0 ≤ n < 1 */
	next(): number
	/** 0 … below - 1 */
	upTo(below: number): number
	/** Whether something of this probability happens. */
	happens(probability: number): boolean
	/** @throws Error where the list is empty. */
	pick<T>(list: readonly T[]): T
}

/** Dice of one throw of the country: other seeds and other streams have nothing in common. (mulberry32) */
export function diceOf(seed: number, stream: number): Dice {
	let state = mix(mix(seed | 0) ^ (stream | 0))
	const next = (): number => {
		state = (state + 0x6d2b79f5) | 0
		let value = Math.imul(state ^ (state >>> 15), 1 | state)
		value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value
		return ((value ^ (value >>> 14)) >>> 0) / 4_294_967_296
	}
	const upTo = (below: number): number => Math.floor(next() * below)
	return {
		next,
		upTo,
		happens: (probability) => next() < probability,
		pick: (list) => {
			const picked = list[upTo(list.length)]
			if (picked === undefined) throw new Error('nothing to pick from')
			return picked
		},
	}
}

/** Spreads neighbouring numbers (murmur3's finish). */
function mix(value: number): number {
	let mixed = Math.imul(value ^ (value >>> 16), 0x85ebca6b)
	mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
	return mixed ^ (mixed >>> 16)
}

/** A number for a text (FNV-1a), to seed dice with. */
export function hashOf(text: string): number {
	let hash = 0x811c9dc5
	for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
	return hash | 0
}
