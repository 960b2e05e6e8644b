import { and, eq, inArray, type SQL, sql } from 'drizzle-orm'
import { atomically, type Statement, schema } from '../../db/client.ts'
import {
	evaluate,
	type LifecycleWarning,
	readSnapshot,
	type Snapshot,
	toSnapshot,
	type Verdict,
} from '../accounts/index.ts'
import { accountReinstated, accountSuspended, recordEvent } from '../audit/index.ts'
import { ServiceError } from '../lib/errors.ts'
import { thaiDateAt } from '../lib/thai/dates.ts'
import { type LookUpPurpose, RegistryUnavailable } from '../ports/civil-registry/index.ts'
import type { AuthnDeps } from './needs.ts'

export type Account = typeof schema.accounts.$inferSelect

/** What holds for a digital ID, by the AS's answer or, where it gave none, by its last one. */
export interface Standing {
	verdict: Verdict
	/** The AS's answer where the digital ID works; the stored one otherwise. */
	snapshot: Snapshot
	/** When the AS said so, ms. */
	asOf: number
	/** What the answer changes, for the caller's batch. Each statement holds only while the account is as it was read. */
	statements: Statement[]
}

export type Working = Standing & { verdict: { state: 'active' | 'warned' | 'grace'; warnings: LifecycleWarning[] } }

/**
 * Asks the AS and judges its answer. Writes nothing.
 * @throws ServiceError registry_unavailable where it does not answer.
 */
export async function judge(deps: AuthnDeps, account: Account, purpose: LookUpPurpose): Promise<Standing> {
	const { registry, vault, clock } = deps
	const before = readSnapshot(vault, account)
	const record = await registry.findPerson(before.person.pid, purpose).catch((error: unknown) => {
		if (error instanceof RegistryUnavailable) throw new ServiceError('registry_unavailable')
		throw error
	})
	const now = clock.now()
	const verdict = evaluate({ record, before, today: thaiDateAt(now), account })
	if (verdict.state === 'suspended' || !record?.card) {
		const statements = verdict.reason === account.statusReason ? [] : suspension(deps, account, verdict.reason ?? '')
		return { verdict, snapshot: before, asOf: account.snapshotAt, statements }
	}
	const statements = account.status === 'suspended' ? reinstatement(deps, account) : []
	return { verdict, snapshot: toSnapshot({ ...record, card: record.card }, account.ial), asOf: now, statements }
}

/** The same by the AS's last answer: for showing, never for signing in. What the day has changed, it changes. */
export function judgeAsStored({ vault, clock }: AuthnDeps, account: Account): Standing {
	const snapshot = readSnapshot(vault, account)
	const record = { person: snapshot.person, card: { ...snapshot.card, laserCode: null, chipNumber: null } }
	const verdict = evaluate({ record, before: snapshot, today: thaiDateAt(clock.now()), account })
	return { verdict, snapshot, asOf: account.snapshotAt, statements: [] }
}

/**
 * The AS is asked at every sign-in, and its answer decides: active, warned, in grace, or suspended from now on.
 * @throws ServiceError registry_unavailable: nothing goes through on stale data. account_suspended with the reason.
 */
export async function checkAccount(deps: AuthnDeps, account: Account): Promise<Working> {
	if (account.status === 'ended') throw new ServiceError('account_ended')
	const standing = await judge(deps, account, 'sign-in')
	if (isWorking(standing)) return standing
	await atomically(deps.db, standing.statements)
	throw new ServiceError('account_suspended', { reason: standing.verdict.reason ?? '' })
}

/** As the row stands; the AS is not asked. @throws ServiceError account_ended, account_suspended */
export function assertActive({ status, statusReason }: Account): void {
	if (status === 'ended') throw new ServiceError('account_ended')
	if (status === 'suspended') throw new ServiceError('account_suspended', { reason: statusReason ?? '' })
}

function isWorking(standing: Standing): standing is Working {
	return standing.verdict.state !== 'suspended'
}

/** Guard: nobody has suspended, reinstated or ended the account since it was read. */
function asRead({ id, status, statusReason }: Account): SQL {
	const { accounts } = schema
	return sql`EXISTS (SELECT 1 FROM ${accounts} WHERE ${accounts.id} = ${id} AND ${accounts.status} = ${sql.param(status)} AND ${accounts.statusReason} IS ${statusReason})`
}

/** Guard: the account may sign in. */
export function isActive(accountId: string): SQL {
	const { accounts } = schema
	return sql`EXISTS (SELECT 1 FROM ${accounts} WHERE ${accounts.id} = ${accountId} AND ${accounts.status} = 'active')`
}

/**
 * What is on its way ends with the suspension: sign-ins that are open or not collected yet. Sessions, consents, codes
 * and tokens only sleep: whoever reads one looks at the account, and a new card wakes what is not over by then.
 */
function suspension(deps: AuthnDeps, account: Account, reason: string): Statement[] {
	const { db } = deps
	const { signIns } = schema
	const guard = asRead(account)
	return [
		recordEvent(db, deps, accountSuspended({ accountId: account.id, reason }), guard),
		db
			.update(signIns)
			.set({ state: 'ended', endReason: 'account_suspended', challenge: null, snapshot: null })
			.where(and(eq(signIns.accountId, account.id), inArray(signIns.state, ['pending', 'scanned', 'approved']), guard)),
		setStatus(deps, account, { status: 'suspended', statusReason: reason }),
	]
}

/** A new card lifts the suspension, where there still is a device that could use it. */
function reinstatement(deps: AuthnDeps, account: Account): Statement[] {
	const { db } = deps
	const { passkeys } = schema
	const hasDevice = sql`EXISTS (SELECT 1 FROM ${passkeys} WHERE ${passkeys.accountId} = ${account.id} AND ${passkeys.endedAt} IS NULL)`
	const event = accountReinstated({ accountId: account.id, reason: account.statusReason ?? '' })
	return [
		recordEvent(db, deps, event, sql`${asRead(account)} AND ${hasDevice}`),
		setStatus(deps, account, { status: 'active', statusReason: null }, hasDevice),
	]
}

/** Last of its batch: the others' guard is what it changes. */
function setStatus(
	{ db, clock }: AuthnDeps,
	account: Account,
	change: Pick<Account, 'status' | 'statusReason'>,
	guard?: SQL,
): Statement {
	const { accounts } = schema
	return db
		.update(accounts)
		.set({ ...change, updatedAt: clock.now() })
		.where(
			and(
				eq(accounts.id, account.id),
				eq(accounts.status, account.status),
				sql`${accounts.statusReason} IS ${account.statusReason}`,
				guard,
			),
		)
}
