import type { Client, InValue } from '@libsql/client'
import { eq } from 'drizzle-orm'
import { type Db, type Statement, schema } from '../../db/client.ts'
import { type Attempt, derivePin, type PinRow, type Stretch } from '../../src/authn/pin/index.ts'
import { utf8 } from '../../src/lib/bytes.ts'
import { sha256 } from '../../src/lib/crypto.ts'
import { systemRandom } from '../../src/lib/random.ts'
import { createVault, type RootKey } from '../../src/lib/vault.ts'

export const root = (version: number): RootKey => ({ version, key: new Uint8Array(32).fill(version) })
export const vault = createVault([root(1)], systemRandom)

export const PIN = '60493817'
export const START = Date.UTC(2026, 0, 5, 2)

/** Thousands of guesses in a second: one hash instead of a hundred thousand. */
export const cheap: Stretch = async (pin, salt) => sha256(new Uint8Array([...salt, ...utf8(pin)]))

/** A PIN on record, with what a test wants otherwise. */
export async function setPin(db: Db, accountId: string, change: Partial<PinRow> = {}): Promise<PinRow> {
	const record = await derivePin(vault, systemRandom, PIN, cheap)
	const row = { accountId, ...record, failures: 0, nextTryAt: 0, disabledAt: null, attempt: null, updatedAt: START }
	await db.insert(schema.pins).values({ ...row, ...change })
	return { ...row, ...change }
}

export async function readPin(db: Db, accountId: string): Promise<PinRow> {
	const [row] = await db.select().from(schema.pins).where(eq(schema.pins.accountId, accountId))
	if (!row) throw new Error('no PIN on record')
	return row
}

let attempts = 0
export const newAttempt = (accountId = 'acc'): Attempt => ({ accountId, attempt: `try_${process.pid}_${attempts++}` })

/**
 * The product's own statement with one guard taken away: what a test must notice.
 * @throws Error where the guard does not stand in it (then the test proves nothing any more).
 */
export function without(guard: string, statement: Statement): { sql: string; args: InValue[] } {
	const { sql, params } = (statement as unknown as { toSQL(): { sql: string; params: InValue[] } }).toSQL()
	const at = sql.indexOf(guard)
	if (at < 0) throw new Error(`no such guard: ${guard} in ${sql}`)
	const count = (text: string): number => text.split('?').length - 1
	const before = count(sql.slice(0, at))
	return {
		sql: sql.replace(guard, ''),
		args: [...params.slice(0, before), ...params.slice(before + count(guard))],
	}
}

export async function rowsOf(client: Client, statement: { sql: string; args: InValue[] }): Promise<number> {
	return (await client.execute(statement)).rows.length
}
