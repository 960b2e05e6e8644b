import { and, eq, gt, sql } from 'drizzle-orm'
import { atomically, insertWhere, schema } from '../../../db/client.ts'
import { canBeFrozen, displayName, freeze, livingAccount, readSnapshot } from '../../accounts/index.ts'
import { accountFrozenAtDesk, lookUpRefused, personLookedUp, recordEvent } from '../../audit/index.ts'
import { actId, checkAttempt, countAttempt, rememberAct } from '../../authn/index.ts'
import { HOUR } from '../../lib/clock.ts'
import { ServiceError } from '../../lib/errors.ts'
import { newId } from '../../lib/random.ts'
import type { OfficerActor } from '../../lib/rpc.ts'
import type { CalendarDate } from '../../lib/thai/dates.ts'
import { parsePid } from '../../lib/thai/pid.ts'
import { notify } from '../../notices/index.ts'
import type { BilingualText } from '../../ports/civil-registry/index.ts'
import type { ProofingNeeds } from '../needs.ts'
import { LOOKED_UP_LIFE } from '../states.ts'

/**
 * Somebody calls: the phone is gone. The officer looks up the digital ID (not the register: what has to be known is known
 * here, and a lost phone does not wait for the AS), asks the caller what the screen shows, and suspends it. No face is
 * needed: a wrong suspension costs its victim a visit, a missing one may cost more.
 */
const { accounts, lostCases } = schema

export interface LostDeviceCase {
	caseId: string
	name: BilingualText
	birthdate: CalendarDate
	/** The district and province of the register's address; enough to ask for. */
	place: string | null
	status: 'active' | 'suspended'
	statusReason: string | null
}

export const LOSS_REASONS = ['lost', 'stolen', 'in-other-hands'] as const
export type LossReason = (typeof LOSS_REASONS)[number]

/**
 * The case's id follows from the act, so a repeated call finds its own case.
 * @throws ServiceError digital_id_none, own_record, too_many_attempts, pid_…
 */
export async function lookUpLost(
	needs: ProofingNeeds,
	officer: OfficerActor,
	actKey: string,
	{ pid }: { pid: string },
): Promise<LostDeviceCase> {
	const { db, vault, clock } = needs
	const { officerId, officeCode } = officer
	const now = clock.now()
	const attempt = { key: `look-up/${officerId}`, limit: needs.settings.lookUpsPerHour, window: HOUR, now }
	checkAttempt((await countAttempt(db, attempt))[0], attempt)
	const read = parsePid(pid)
	if ('problem' in read) throw new ServiceError(read.problem)
	const subjectIndex = vault.index('pid', read.pid)
	if ((await needs.ownPidIndex?.(officerId)) === subjectIndex) throw new ServiceError('own_record')
	const account = await db
		.select()
		.from(accounts)
		.where(and(eq(accounts.pidIndex, subjectIndex), livingAccount))
		.get()
	if (!account) {
		const code = 'digital_id_none'
		await atomically(db, [recordEvent(db, needs, lookUpRefused({ officerId, officeCode, subjectIndex, code }))])
		throw new ServiceError(code)
	}
	const caseId = `los_${actId(actKey).slice(0, 22)}`
	const row = { id: caseId, state: 'looked_up' as const, officerId, officeCode, accountId: account.id }
	await atomically(db, [
		insertWhere(
			db,
			lostCases,
			{ ...row, evidence: '{}', createdAt: now },
			sql`NOT EXISTS (SELECT 1 FROM ${lostCases} WHERE ${lostCases.id} = ${caseId})`,
		),
		recordEvent(db, needs, personLookedUp({ officerId, officeCode, subjectIndex, caseId, purpose: 'lost-device' })),
	])
	const { person } = readSnapshot(vault, account)
	const { address } = person
	return {
		caseId,
		name: displayName(person),
		birthdate: person.birthdate,
		place: address && `${address.district} ${address.province}`,
		status: account.status === 'active' ? 'active' : 'suspended',
		statusReason: account.statusReason,
	}
}

export interface Suspension {
	caseId: string
	reason: LossReason
	/** The officer has asked for what the screen shows, and the caller knew it. */
	callerAsked: true
}

/**
 * Suspends at once, within a quarter of an hour of the look-up. What was suspended for the same or more stays as it was.
 * @throws ServiceError not_allowed where the case is somebody else's, none at all, or too old
 */
export async function suspendLost(
	needs: ProofingNeeds,
	{ officer, actKey }: { officer: OfficerActor; actKey: string },
	input: Suspension,
): Promise<{ outcome: 'suspended' }> {
	const { db, random, clock } = needs
	const { officerId, officeCode } = officer
	const { caseId, reason } = input
	const now = clock.now()
	const found = await db.select().from(lostCases).where(eq(lostCases.id, caseId)).get()
	if (found?.officerId !== officerId) throw new ServiceError('not_allowed')
	const { accountId } = found
	const act = newId(random, 'act')
	const evidence = { method: 'phone', officerId, officeCode, reason, callerAsked: true, at: now }
	const moved = sql`EXISTS (SELECT 1 FROM ${lostCases} WHERE ${lostCases.id} = ${caseId} AND ${lostCases.lastAct} = ${act})`
	const guard = sql`${moved} AND ${canBeFrozen(accountId)}`
	const outcome = { outcome: 'suspended' as const }
	const [changed] = await atomically(db, [
		db
			.update(lostCases)
			.set({ state: 'suspended', evidence: JSON.stringify(evidence), doneAt: now, lastAct: act })
			.where(
				and(
					eq(lostCases.id, caseId),
					eq(lostCases.officerId, officerId),
					eq(lostCases.state, 'looked_up'),
					gt(lostCases.createdAt, now - LOOKED_UP_LIFE),
				),
			)
			.returning({ id: lostCases.id }),
		rememberAct(db, needs, { actKey, procedure: 'office.suspendLost', input, outcome }, moved),
		recordEvent(db, needs, accountFrozenAtDesk({ officerId, officeCode, accountId, caseId }), guard),
		notify(db, needs, { accountId, kind: 'frozen', params: {} }, guard),
		...freeze(db, { accountId, now, guard }),
	])
	if (changed?.length !== 1) throw new ServiceError('not_allowed')
	needs.tellClients?.()
	return outcome
}
