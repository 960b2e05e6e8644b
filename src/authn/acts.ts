import { eq, lte, type SQL } from 'drizzle-orm'
import { type Db, insertWhere, type Statement, schema } from '../../db/client.ts'
import { base64url } from '../lib/bytes.ts'
import { type Clock, HOUR } from '../lib/clock.ts'
import { type CookieName, setCookie } from '../lib/cookies.ts'
import { equalInConstantTime, hashSecret } from '../lib/crypto.ts'
import { ServiceError } from '../lib/errors.ts'
import { newId, type Random } from '../lib/random.ts'
import type { ActMemory } from '../lib/rpc.ts'
import type { Vault } from '../lib/vault.ts'

/**
 * A commit whose answer was lost is answered again, not done again. What an act answered is sealed and kept for a day
 * under the act's key, written in the batch of the act itself.
 *
 * Cookies belong to the answer. Their secrets are not kept: they follow from the act's key, which only the browser has
 * (the table holds its hash), so a repeated answer sets the same cookie again.
 */
const REMEMBERED = 24 * HOUR

const { acts } = schema

/** A cookie that an act sets: `prefix.secret`, or the secret alone. */
export interface ActCookie {
	cookie: Extract<CookieName, 'device' | 'session' | 'officer'>
	/** What stands before the secret, such as a credential id. */
	prefix?: string
}

export interface DoneAct {
	actKey: string
	/** The procedure's path, such as `enrol.finish`. */
	procedure: string
	/** As the caller sent it: the schema of such a procedure may check, and must not change or drop anything. */
	input: unknown
	outcome: unknown
	cookies?: readonly ActCookie[]
}

interface Kept {
	outcome: unknown
	cookies: readonly ActCookie[]
	/** The root under which the secrets were made. */
	version: number
}

/** The act's name in rows: whoever reads it cannot make the act's secrets from it. */
export function actId(actKey: string): string {
	return hashSecret(`act:${actKey}`)
}

/**
 * The act's name in this one run of it, for guards: where one act runs twice (its page asked again, its memory was
 * swept), what only the first run may do finds itself alone. No colon in it.
 */
export function runOf(random: Random, actKey: string): string {
	return newId(random, actId(actKey))
}

/** Whether a name is that of a run of this act. */
export function isRunOf(actKey: string, name: string): boolean {
	return name.startsWith(`${actId(actKey)}_`)
}

/** A secret of 256 bits that belongs to an act: the same each time the act is answered. */
export function actSecret(vault: Vault, actKey: string, what: ActCookie['cookie'], version = vault.version): string {
	return base64url(vault.mac('device', `${what}:${actKey}`, version))
}

/** Sets the act's cookie on an answer. Its secret is `actSecret`; what the row keeps is the hash of that. */
export function setActCookie(
	headers: Headers,
	vault: Vault,
	actKey: string,
	{ cookie, prefix }: ActCookie,
	version?: number,
): void {
	const secret = actSecret(vault, actKey, cookie, version)
	setCookie(headers, cookie, prefix === undefined ? secret : `${prefix}.${secret}`)
}

/** The statement that remembers an act. @param guard the act's own: nothing is remembered of what was not done. */
export function rememberAct(
	db: Db,
	{ vault, clock }: { vault: Vault; clock: Clock },
	act: DoneAct,
	guard: SQL,
): Statement {
	const key = actId(act.actKey)
	const kept: Kept = { outcome: act.outcome, cookies: act.cookies ?? [], version: vault.version }
	return insertWhere(
		db,
		acts,
		{
			key,
			procedure: act.procedure,
			inputHash: inputHash(vault, act.input),
			outcome: vault.seal(['acts', key, 'outcome'], JSON.stringify(kept)),
			expiresAt: clock.now() + REMEMBERED,
		},
		guard,
	)
}

/**
 * What an act with this key has answered. One round trip. A row counts until it is swept: a key that is used again
 * after a day is still the same key.
 * @param answer headers of the answer; the act's cookies are set on them again.
 */
export function createActMemory({ db, vault }: { db: Db; vault: Vault }, answer: Headers): ActMemory {
	return {
		async recall(actKey, procedure, input) {
			const key = actId(actKey)
			const row = await db.select().from(acts).where(eq(acts.key, key)).get()
			if (!row) return null
			const [version = ''] = row.inputHash.split('.')
			const same = equalInConstantTime(row.inputHash, inputHash(vault, input, Number(version)))
			if (row.procedure !== procedure || !same) throw new ServiceError('idempotency_key_reused')
			const kept = JSON.parse(vault.open(['acts', key, 'outcome'], row.outcome)) as Kept
			for (const cookie of kept.cookies) setActCookie(answer, vault, actKey, cookie, kept.version)
			return { outcome: kept.outcome }
		},
	}
}

/** Forgets the acts of more than a day ago. */
export function sweepActs(db: Db, now: number): Statement {
	return db.delete(acts).where(lte(acts.expiresAt, now))
}

/** Keyed, since an input may hold a PIN or a citizen number. */
function inputHash(vault: Vault, input: unknown, version = vault.version): string {
	return `${version}.${hashSecret(base64url(vault.mac('device', `input:${canonical(input)}`, version)))}`
}

/** JSON in one spelling: keys in order, nothing that JSON would drop. */
function canonical(value: unknown): string {
	if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
	if (value === null || typeof value !== 'object') return JSON.stringify(value ?? null)
	const entries = Object.entries(value).filter(([, member]) => member !== undefined)
	entries.sort(([a], [b]) => (a < b ? -1 : 1))
	return `{${entries.map(([key, member]) => `${JSON.stringify(key)}:${canonical(member)}`).join(',')}}`
}
