import type { Statement, schema } from '../../../db/client.ts'

export type PinRow = typeof schema.pins.$inferSelect

/** The columns of `pins` that say what the PIN is. */
export interface PinRecord {
	/** HMAC-SHA-256, base64url. */
	hash: string
	/** 16 bytes, base64url. */
	salt: string
	iterations: number
	pepperVersion: number
}

/** Stands in a batch, or is awaited by itself: the row after the change, or no row where the guard said no. */
export type PinStatement = Statement & PromiseLike<PinRow[]>

export type PinState =
	| { kind: 'ready'; triesLeft: number }
	/** `until` in ms. */
	| { kind: 'wait'; until: number; triesLeft: number }
	| { kind: 'disabled' }

export interface Attempt {
	accountId: string
	/** Unique to this try; no colon in it. */
	attempt: string
}

/** Stretches a PIN into 32 bytes; replaced only where very many guesses are simulated. */
export type Stretch = (
	pin: string,
	salt: Uint8Array<ArrayBuffer>,
	iterations: number,
) => Promise<Uint8Array<ArrayBuffer>>
