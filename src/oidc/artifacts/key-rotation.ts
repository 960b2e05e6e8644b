import { and, eq, gt, isNull, lte, ne, or, type SQL, sql } from 'drizzle-orm'
import { calculateJwkThumbprint, exportJWK, generateKeyPair } from 'jose'
import { atomically, type Db, insertWhere, type Statement, schema } from '../../../db/client.ts'
import { type Clock, DAY, MINUTE } from '../../lib/clock.ts'
import type { Vault } from '../../lib/vault.ts'
import type { SigningAlg } from '../wire.ts'
import { ID_TOKEN_LIFETIME } from './id-token.ts'

/**
 * How one signing key takes the place of another. A key is published a day before it signs, so that every copy of the
 * JWK Set has it by then; the one before it stays published until the last token that it signed has died.
 *
 *     coming ──(a day)──▶ signing ──(successor signs)──▶ published ──(last token dead)──▶ gone
 */
const { signingKeys } = schema

/** Every algorithm that something may be signed with; each has a key. */
export const SIGNING_ALGS = ['RS256', 'ES256', 'EdDSA', 'PS256'] as const satisfies readonly SigningAlg[]

/** Between publication and first signature: many times the 300 s for which the JWK Set may be kept. */
export const PUBLISHED_AHEAD = DAY
/** The longest life of anything that is signed, and a quarter of an hour for clocks and copies in memory. */
export const PUBLISHED_AFTER = ID_TOKEN_LIFETIME + 15 * MINUTE
/** So long a public half that nobody is shown any more still proves an `id_token_hint`: its sign-in may be days old. */
const KEPT_FOR_HINTS = 30 * DAY

export type KeyRow = typeof signingKeys.$inferSelect
export type KeyState = 'coming' | 'signing' | 'published' | 'gone'

export const isPublished = (row: Pick<KeyRow, 'activeUntil'>, now: number): boolean =>
	row.activeUntil === null || row.activeUntil + PUBLISHED_AFTER > now

/** The key of its algorithm that signs at an instant. @param rows newest `activeFrom` first */
export function signingRow(rows: readonly KeyRow[], alg: SigningAlg, now: number): KeyRow | undefined {
	const usable = rows.filter(
		(row) => row.alg === alg && row.privateJwk !== '' && (row.activeUntil === null || row.activeUntil > now),
	)
	// The newest whose time has come; the oldest where a clock that was set back says that none has.
	return usable.find((row) => row.activeFrom <= now) ?? usable.at(-1)
}

/** Algorithms whose key has signed for so long and has no successor yet. @param after ms */
export const agedAlgs = (rows: readonly KeyRow[], now: number, after: number): SigningAlg[] =>
	SIGNING_ALGS.filter((alg) => {
		const row = signingRow(rows, alg, now)
		return row !== undefined && row.activeUntil === null && row.activeFrom + after <= now
	})

export function stateOf(row: KeyRow, rows: readonly KeyRow[], now: number): KeyState {
	if (!isPublished(row, now)) return 'gone'
	if (signingRow(rows, row.alg, now)?.kid === row.kid) return 'signing'
	return row.activeFrom > now && row.activeUntil === null ? 'coming' : 'published'
}

/** All keys, the newest to sign first. */
export const storedKeys = (db: Db): Promise<KeyRow[]> =>
	db.select().from(signingKeys).orderBy(sql`${signingKeys.activeFrom} DESC, ${signingKeys.kid}`)

interface Deps {
	db: Db
	vault: Vault
	clock: Clock
}

/** Makes the keys that are missing. Two servers at once make one each algorithm: the guard lets the first one in. */
export async function createMissingKeys({ db, vault, clock }: Deps): Promise<void> {
	// A minute back: another server's clock may be behind ours.
	const rows = await newRows(SIGNING_ALGS, vault, clock.now(), clock.now() - MINUTE)
	await atomically(
		db,
		rows.map((row) =>
			insertWhere(
				db,
				signingKeys,
				row,
				sql`NOT EXISTS (SELECT 1 FROM ${signingKeys} WHERE ${signingKeys.alg} = ${row.alg} AND ${signingKeys.activeUntil} IS NULL)`,
			),
		),
	)
}

/** When the new key signs: `planned` in a day; `now` at once, the old one stays published; `emergency` at once, the old ones are no more. */
export type RotationKind = 'planned' | 'now' | 'emergency'

export interface Rotated {
	alg: SigningAlg
	/** Null where nothing was done: a new key is coming already, or somebody else was faster. */
	kid: string | null
	/** ms */
	signsFrom: number
}

/**
 * A new key for each of the algorithms. Each one replaces the key that was read a moment ago and no other (its
 * `active_until` is still open), so that of two operators at once one makes a key.
 */
export async function rotateKeys({ db, vault, clock }: Deps, algs: readonly SigningAlg[], kind: RotationKind) {
	const now = clock.now()
	const signsFrom = kind === 'planned' ? now + PUBLISHED_AHEAD : now
	const known = await storedKeys(db)
	const rows = await newRows(algs, vault, now, signsFrom)
	const statements = rows.flatMap((row) => {
		const replaced = known.find(({ alg, activeUntil }) => alg === row.alg && activeUntil === null)
		return replacing(db, row, replaced?.kid ?? '', kind)
	})
	const results = await atomically(db, statements)
	return rows.map(
		({ alg, kid }, i): Rotated => ({ alg, kid: results[i * PER_KEY]?.length === 1 ? kid : null, signsFrom }),
	)
}

const PER_KEY = 2

/** The new key where the old one is still the last of its kind; then the end of the others, where the new one is there. */
function replacing(db: Db, row: KeyRow, replaced: string, kind: RotationKind): Statement[] {
	const stillLast = sql`EXISTS (SELECT 1 FROM ${signingKeys} WHERE ${signingKeys.kid} = ${replaced} AND ${signingKeys.activeUntil} IS NULL)`
	const noneComing = sql`NOT EXISTS (SELECT 1 FROM ${signingKeys} WHERE ${signingKeys.alg} = ${row.alg} AND ${signingKeys.activeFrom} > ${row.createdAt})`
	const guard: SQL = kind === 'planned' ? sql`${stillLast} AND ${noneComing}` : stillLast
	const newOneIsThere = sql`EXISTS (SELECT 1 FROM ${signingKeys} AS made WHERE made.kid = ${row.kid})`
	const others = and(eq(signingKeys.alg, row.alg), ne(signingKeys.kid, row.kid), newOneIsThere)
	const ending =
		kind === 'emergency'
			? db.delete(signingKeys).where(others)
			: db
					.update(signingKeys)
					.set({ activeUntil: row.activeFrom })
					.where(and(others, or(isNull(signingKeys.activeUntil), gt(signingKeys.activeUntil, row.activeFrom))))
	return [insertWhere(db, signingKeys, row, guard, sql`kid`), ending]
}

/**
 * For the sweep: the private half of a key that signs no more is deleted once nobody is shown the public one, and the
 * public half when no hint can name it any more.
 */
export const sweepKeys = (db: Db, now: number): Statement[] => [
	db
		.update(signingKeys)
		.set({ privateJwk: '' })
		.where(and(lte(signingKeys.activeUntil, now - PUBLISHED_AFTER), ne(signingKeys.privateJwk, ''))),
	db.delete(signingKeys).where(lte(signingKeys.activeUntil, now - KEPT_FOR_HINTS)),
]

const newRows = (algs: readonly SigningAlg[], vault: Vault, now: number, activeFrom: number): Promise<KeyRow[]> =>
	Promise.all(algs.map((alg) => newRow(alg, vault, now, activeFrom)))

async function newRow(alg: SigningAlg, vault: Vault, now: number, activeFrom: number): Promise<KeyRow> {
	const { publicKey, privateKey } = await generateKeyPair(alg, {
		extractable: true,
		...(alg === 'RS256' || alg === 'PS256' ? { modulusLength: 2048 } : {}),
	})
	const publicJwk = await exportJWK(publicKey)
	const kid = await calculateJwkThumbprint(publicJwk)
	return {
		kid,
		alg,
		publicJwk: JSON.stringify({ ...publicJwk, kid, use: 'sig', alg }),
		privateJwk: vault.seal(['signing_keys', kid, 'private_jwk'], JSON.stringify(await exportJWK(privateKey))),
		activeFrom,
		activeUntil: null,
		createdAt: now,
	}
}
