import type { Good } from './seal.ts'

/** One thing wrong with a JWT. */
export interface Mutation {
	what: string
	forge(good: Good): Promise<string>
	/** Where it is another error than the kind's. */
	error?: string
}

/** Values that are no text that anybody means, for a claim that has to be one. */
export const NO_TEXTS: Record<string, unknown> = {
	missing: undefined,
	null: null,
	empty: '',
	'a number': 1,
	true: true,
	'an object': { toString: 'x' },
	'an empty list': [],
	'a list in a list': [['x']],
}
/** Values that are no time. */
export const NO_TIMES: Record<string, unknown> = {
	null: null,
	'a text': 'now',
	'digits in a text': '4102444800',
	NaN: 'NaN',
	true: true,
	'a list': [4_102_444_800],
	'an object': { valueOf: 4_102_444_800 },
}

/** One row for each entry. */
export const rows = <T>(table: Record<string, T>, make: (value: T, name: string) => Mutation): Mutation[] =>
	Object.entries(table).map(([name, value]) => make(value, name))
