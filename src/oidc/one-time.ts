import { type SQL, sql } from 'drizzle-orm'
import { type Db, type Statement, schema } from '../../db/client.ts'
import { type Prepared, prepare, together } from '../../db/prepared.ts'
import { newId } from '../lib/random.ts'
import { invalidClient, invalidDpopProof } from './errors.ts'
import type { Exchange } from './exchange.ts'
import { onceFor } from './prepared.ts'

/**
 * JWTs that may be used once: the client's assertion and the DPoP proof of a request. Each is taken by a statement of
 * the same batch as the act that it allows, so that neither is lost without the act nor the act done without it.
 */
type Kind = 'assertion' | 'proof'

const { usedAssertions } = schema
const value = sql.placeholder

/** Returns a row the first time and never again. */
const take = (db: Db, kind: Kind) =>
	db
		.insert(usedAssertions)
		.values({
			key: sql`${value(`${kind}Key`)}`,
			usedBy: sql`${value('act')}`,
			expiresAt: sql`${value(`${kind}ExpiresAt`)}`,
		})
		.onConflictDoNothing()
		.returning({ key: usedAssertions.key })

const taken = (kind: Kind): SQL =>
	sql`EXISTS (SELECT 1 FROM ${usedAssertions} WHERE ${usedAssertions.key} = ${value(`${kind}Key`)} AND ${usedAssertions.usedBy} = ${value('act')})`

/**
 * The statements of an act, prepared for each combination of JWTs that it can come with.
 * @param make the act; its first statement holds the guard, and what depends on the guard repeats it
 */
export function oneTimeBatch(
	make: (db: Db, guard: SQL) => Statement[],
): (db: Db, kinds: readonly Kind[]) => readonly Prepared[] {
	const made = onceFor((_: Db) => new Map<string, Prepared[]>())
	return (db, kinds) => {
		const variants = made(db)
		const name = kinds.join()
		let batch = variants.get(name)
		if (!batch) {
			const guard = kinds.length === 0 ? sql`TRUE` : sql.join(kinds.map(taken), sql` AND `)
			batch = [...kinds.map((kind) => take(db, kind)), ...make(db, guard)].map((statement) => prepare(db, statement))
			variants.set(name, batch)
		}
		return batch
	}
}

/**
 * Runs such a batch. The placeholders `act`, `assertionKey`, `assertionExpiresAt`, `proofKey` and `proofExpiresAt` are
 * filled in here.
 * @returns the rows of the act's own statements
 * @throws ProtocolError where a JWT was used before; then the act has not happened
 */
export async function runOnce(
	x: Pick<Exchange, 'deps' | 'assertion' | 'dpop' | 'endpoint'>,
	batchOf: ReturnType<typeof oneTimeBatch>,
	values: Record<string, unknown>,
): Promise<unknown[][]> {
	const { db, random } = x.deps
	const kinds: Kind[] = []
	if (x.assertion) kinds.push('assertion')
	if (x.dpop) kinds.push('proof')
	const filled = {
		...values,
		act: newId(random, 'act'),
		assertionKey: x.assertion?.key,
		assertionExpiresAt: x.assertion?.expiresAt,
		proofKey: x.dpop?.key,
		proofExpiresAt: x.dpop?.expiresAt,
	}
	const batch = batchOf(db, kinds)
	if (batch.length === 0) return []
	const rows = await together(batch, filled)
	for (const [i, kind] of kinds.entries())
		if (rows[i]?.length !== 1)
			throw kind === 'assertion'
				? invalidClient('the assertion was used before', false)
				: invalidDpopProof('the proof was used before', x)
	return rows.slice(kinds.length)
}
