import type { SQL } from 'drizzle-orm'
import type { Db, Statement, schema } from '../../../db/client.ts'
import type { Random } from '../../lib/random.ts'
import type { Vault } from '../../lib/vault.ts'

export type PinRow = typeof schema.pins.$inferSelect

/** The columns of `pins` that say what the PIN is. */
export interface PinRecord {
	/** base64url. */
	hash: string
	/** 16 bytes, base64url. */
	salt: string
	iterations: number
	pepperVersion: number
}

/** Can stand in a batch, or be awaited by itself; the row after the change, or nothing where the guard said no. */
export type PinStatement = Statement & PromiseLike<PinRow[]>

export type PinState =
	| { kind: 'ready'; triesLeft: number }
	| { kind: 'wait'; until: number; triesLeft: number }
	| { kind: 'disabled' }

export interface Attempt {
	accountId: string
	/** Unique to this try; no colon in it. */
	attempt: string
}

/** Stretches a PIN; replaced only by simulations of many guesses. */
export type Stretch = (pin: string, salt: Uint8Array<ArrayBuffer>, iterations: number) => Promise<Uint8Array>

export async function derivePin(vault: Vault, random: Random, pin: string, stretch?: Stretch): Promise<PinRecord> {
	throw new Error(`not yet written: ${vault.version} ${random.bytes.length} ${pin.length} ${stretch?.length}`)
}

export async function pinMatches(vault: Vault, row: PinRecord, pin: string, stretch?: Stretch): Promise<boolean> {
	throw new Error(`not yet written: ${vault.version} ${row.iterations} ${pin.length} ${stretch?.length}`)
}

/** Whether a right PIN should be derived again (`settleRight`'s `fresh`): older pepper or other iterations. */
export function pinIsStale(vault: Vault, row: PinRecord): boolean {
	throw new Error(`not yet written: ${vault.version} ${row.iterations}`)
}

export function reserveAttempt(db: Db, at: Attempt & { now: number; guard?: SQL }): PinStatement {
	throw new Error(`not yet written: ${at.attempt} ${typeof db}`)
}

export function settleRight(db: Db, at: Attempt & { now: number; fresh?: PinRecord }): PinStatement {
	throw new Error(`not yet written: ${at.attempt} ${typeof db}`)
}

export function settleWrong(db: Db, at: Attempt & { now: number }): PinStatement {
	throw new Error(`not yet written: ${at.attempt} ${typeof db}`)
}

/** The guard for later statements of the batch: this attempt, and no other, was settled so. */
export function settled(how: 'right' | 'wrong' | 'disabled', at: Attempt): SQL {
	throw new Error(`not yet written: ${how} ${at.attempt}`)
}

export function pinState(row: Pick<PinRow, 'failures' | 'nextTryAt' | 'disabledAt'>, now: number): PinState {
	throw new Error(`not yet written: ${row.failures} ${now}`)
}
