import { and, eq, gt, inArray, sql } from 'drizzle-orm'
import { atomically, schema } from '../../../db/client.ts'
import { enrolmentCancelled, enrolmentLinkIssued, recordEvent } from '../../audit/index.ts'
import { rememberAct } from '../../authn/index.ts'
import { hashSecret } from '../../lib/crypto.ts'
import { ServiceError } from '../../lib/errors.ts'
import { newId, newSecret } from '../../lib/random.ts'
import type { OfficerActor } from '../../lib/rpc.ts'
import type { ProofingNeeds } from '../needs.ts'
import { EMPTIED, LINK_LIFE, LOOKED_UP_LIFE, movedTo, stateNow, stillOpen } from '../states.ts'
import { ownCase, selectCase } from './case.ts'

const { enrolments } = schema

export interface IssuedLink {
	/** `https://…/enrol#token`: a fragment reaches no server, no log and no preview. */
	link: string
	/** ms */
	expiresAt: number
}

interface Act {
	officer: OfficerActor
	actKey: string
}

/**
 * The officer has compared the face and says so; the citizen's phone may begin. A link that was not opened yet may be
 * made anew, as long as the AS's answer is young: the one before stops working.
 * @throws ServiceError not_allowed, enrolment_state, or why the case has ended
 */
export async function issueLink(
	needs: ProofingNeeds,
	{ officer, actKey }: Act,
	input: { caseId: string; faceConfirmed: true },
): Promise<IssuedLink> {
	const { db, random, clock, issuer } = needs
	const { caseId } = input
	const now = clock.now()
	const act = newId(random, 'act')
	const token = newSecret(random)
	const issued: IssuedLink = { link: `${issuer}/enrol#${token}`, expiresAt: now + LINK_LIFE }
	const moved = movedTo('link_issued', caseId, act)
	const selected = selectCase(db, caseId)
	const [changed, , , found] = await atomically(db, [
		db
			.update(enrolments)
			.set({
				state: 'link_issued',
				tokenHash: hashSecret(token),
				evidence: sql`json_set(${enrolments.evidence}, '$.faceComparedBy', 'officer', '$.faceComparedAt', ${now})`,
				expiresAt: issued.expiresAt,
				lastAct: act,
			})
			.where(
				and(
					eq(enrolments.id, caseId),
					eq(enrolments.officerId, officer.officerId),
					inArray(enrolments.state, ['looked_up', 'link_issued']),
					gt(enrolments.expiresAt, now),
					gt(enrolments.createdAt, now - LOOKED_UP_LIFE),
				),
			)
			.returning({ id: enrolments.id }),
		recordEvent(
			db,
			needs,
			enrolmentLinkIssued({ officerId: officer.officerId, officeCode: officer.officeCode, subjectIndex: null, caseId }),
			moved,
		),
		rememberAct(db, needs, { actKey, procedure: 'office.issueLink', input, outcome: issued }, moved),
		selected,
	])
	const { row } = ownCase((found as Awaited<typeof selected>)[0], officer)
	if (changed?.length !== 1) throw new ServiceError(stateNow(row, now).endReason ?? 'enrolment_state')
	needs.wake.touch(caseId)
	return issued
}

/** Calls a case off, at any point before it is done. Calling it off twice is calling it off once. */
export async function cancelCase(needs: ProofingNeeds, officer: OfficerActor, caseId: string): Promise<void> {
	const { db, random, clock } = needs
	const now = clock.now()
	const act = newId(random, 'act')
	const selected = selectCase(db, caseId)
	const [, , found] = await atomically(db, [
		db
			.update(enrolments)
			.set({ state: 'cancelled', endReason: 'enrolment_cancelled', lastAct: act, ...EMPTIED })
			.where(and(eq(enrolments.id, caseId), eq(enrolments.officerId, officer.officerId), stillOpen(now))),
		recordEvent(
			db,
			needs,
			enrolmentCancelled({ officerId: officer.officerId, officeCode: officer.officeCode, subjectIndex: null, caseId }),
			movedTo('cancelled', caseId, act),
		),
		selected,
	])
	const { row } = ownCase((found as Awaited<typeof selected>)[0], officer)
	if (row.state !== 'cancelled') throw new ServiceError(stateNow(row, now).endReason ?? 'enrolment_state')
	needs.wake.touch(caseId)
}
