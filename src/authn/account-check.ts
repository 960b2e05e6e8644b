import { and, eq, ne } from 'drizzle-orm'
import { type Db, type Statement, schema } from '../../db/client.ts'
import { evaluate, type LifecycleWarning, readSnapshot, type Snapshot, toSnapshot, type Verdict } from '../accounts/index.ts'
import { accountReinstated, accountSuspended, recordEvent } from '../audit/index.ts'
import { ServiceError } from '../lib/errors.ts'
import { thaiDateAt } from '../lib/thai/dates.ts'
import { RegistryUnavailable } from '../ports/civil-registry/index.ts'
import type { AuthnDeps } from './needs.ts'

type Account = typeof schema.accounts.$inferSelect

export interface CheckedAccount {
	snapshot: Snapshot
	state: Verdict['state']
	warnings: LifecycleWarning[]
	/** Statements that write a change of status, to go into the caller's batch. */
	statements: Statement[]
	/** When the AS answered, ms. */
	askedAt: number
}

/**
 * The AS is asked at every sign-in, and its answer decides: active, warned, in grace, or suspended from now on.
 * @throws ServiceError registry_unavailable: nothing goes through on stale data. account_suspended with the reason.
 */
export async function checkAccount(deps: AuthnDeps, account: Account): Promise<CheckedAccount> {
	const { db, registry, vault, clock } = deps
	if (account.status === 'ended') throw new ServiceError('account_ended')
	const before = readSnapshot(vault, account)
	const record = await registry.findPerson(before.person.pid, 'sign-in').catch((error: unknown) => {
		if (error instanceof RegistryUnavailable) throw new ServiceError('registry_unavailable')
		throw error
	})
	const now = clock.now()
	const verdict = evaluate({ record, before, today: thaiDateAt(now), account })
	if (verdict.state === 'suspended') {
		const { reason } = verdict
		if (account.status !== 'suspended' || account.statusReason !== reason)
			await db.batch([
				setStatus(db, account.id, { status: 'suspended', statusReason: reason, updatedAt: now }),
				recordEvent(db, deps, accountSuspended({ accountId: account.id, reason })),
			])
		throw new ServiceError('account_suspended', { reason })
	}
	if (!record?.card) throw new Error('the lifecycle let a person without a card through')
	return {
		snapshot: toSnapshot({ ...record, card: record.card }, account.ial),
		state: verdict.state,
		warnings: verdict.warnings,
		statements: account.status === 'suspended' ? reinstate(deps, account, now) : [],
		askedAt: now,
	}
}

function setStatus(db: Db, id: string, change: Pick<Account, 'status' | 'statusReason' | 'updatedAt'>) {
	const { accounts } = schema
	return db
		.update(accounts)
		.set(change)
		.where(and(eq(accounts.id, id), ne(accounts.status, 'ended')))
}

function reinstate(deps: AuthnDeps, account: Account, now: number): Statement[] {
	return [
		setStatus(deps.db, account.id, { status: 'active', statusReason: null, updatedAt: now }),
		recordEvent(deps.db, deps, accountReinstated({ accountId: account.id, reason: account.statusReason ?? '' })),
	]
}
