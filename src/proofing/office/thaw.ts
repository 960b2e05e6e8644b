import { and, eq, gt, sql } from 'drizzle-orm'
import { atomically, schema } from '../../../db/client.ts'
import { livingAccount, thaw } from '../../accounts/index.ts'
import { accountThawed, recordEvent } from '../../audit/index.ts'
import { rememberAct } from '../../authn/index.ts'
import { ServiceError } from '../../lib/errors.ts'
import { newId } from '../../lib/random.ts'
import type { OfficerActor } from '../../lib/rpc.ts'
import { notify } from '../../notices/index.ts'
import type { ProofingNeeds } from '../needs.ts'
import { EMPTIED, LOOKED_UP_LIFE, movedTo } from '../states.ts'
import { openSubject } from '../subject.ts'
import { ownCase, selectCase } from './case.ts'

const { accounts, enrolments } = schema

/**
 * The phone is there again. The person stands at the counter, the AS has just said that nothing is wrong with card and
 * person (the look-up of an enrolment), and the officer has compared the face: the digital ID works again on the device
 * that it had, and nothing is enrolled. What the freeze ended stays ended.
 * @throws ServiceError not_allowed, enrolment_state where there is nothing to take back, or it is too late
 */
export async function thawAtDesk(
	needs: ProofingNeeds,
	{ officer, actKey }: { officer: OfficerActor; actKey: string },
	input: { caseId: string; faceConfirmed: true },
): Promise<{ outcome: 'thawed' }> {
	const { db, vault, random, clock, wake } = needs
	const { officerId, officeCode } = officer
	const { caseId } = input
	const now = clock.now()
	const { row } = ownCase(await selectCase(db, caseId).get(), officer)
	const subject = openSubject(vault, row)
	const account = await db
		.select({ id: accounts.id })
		.from(accounts)
		.where(and(eq(accounts.pidIndex, row.pidIndex), livingAccount))
		.get()
	if (!subject || !account) throw new ServiceError('enrolment_state')
	const accountId = account.id
	const act = newId(random, 'act')
	const moved = movedTo('thawed', caseId, act)
	const frozen = sql`EXISTS (SELECT 1 FROM ${accounts} WHERE ${accounts.id} = ${accountId} AND ${accounts.status} = 'suspended' AND ${accounts.statusReason} = 'device_lost')`
	const outcome = { outcome: 'thawed' as const }
	const params = { officeTh: subject.office.th, officeEn: subject.office.en }
	const [changed] = await atomically(db, [
		db
			.update(enrolments)
			.set({
				state: 'thawed',
				evidence: sql`json_set(${enrolments.evidence}, '$.faceComparedBy', 'officer', '$.faceComparedAt', ${now})`,
				accountId,
				doneAt: now,
				lastAct: act,
				...EMPTIED,
			})
			.where(
				and(
					eq(enrolments.id, caseId),
					eq(enrolments.officerId, officerId),
					eq(enrolments.state, 'looked_up'),
					gt(enrolments.createdAt, now - LOOKED_UP_LIFE),
					frozen,
				),
			)
			.returning({ id: enrolments.id }),
		rememberAct(db, needs, { actKey, procedure: 'office.thaw', input, outcome }, moved),
		recordEvent(db, needs, accountThawed({ officerId, officeCode, accountId, caseId }), moved),
		notify(db, needs, { accountId, kind: 'thawed', params }, moved),
		thaw(db, { accountId, now, guard: moved }),
	])
	if (changed?.length !== 1) throw new ServiceError('enrolment_state')
	wake.touch(caseId)
	return outcome
}
