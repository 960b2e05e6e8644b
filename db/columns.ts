import type { Column } from 'drizzle-orm'
/**
 * Every column says what it holds: `plain` (anybody who runs the system may read it), `personal` (about a person:
 * sealed, or a keyed hash) or `secret` (would let its reader act as somebody: stored as a hash, or sealed). A test
 * refuses a column without a label; the data map in the docs is made from the labels.
 */
export type Label = 'plain' | 'personal' | 'secret'

// Drizzle hands a builder's config on to the column, so the label travels inside it and the type stays untouched.
interface HasConfig {
	config?: { label?: Label }
}

function labelled<B extends object>(builder: B, label: Label): B {
	const { config } = builder as HasConfig
	if (config) config.label = label
	return builder
}

export const plain = <B extends object>(builder: B): B => labelled(builder, 'plain')
export const personal = <B extends object>(builder: B): B => labelled(builder, 'personal')
export const secret = <B extends object>(builder: B): B => labelled(builder, 'secret')

/** A column's label, or `undefined` where somebody forgot it. */
export function labelOf(column: Column): Label | undefined {
	return (column as unknown as HasConfig).config?.label
}
