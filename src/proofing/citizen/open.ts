import { and, eq, gt, ne } from 'drizzle-orm'
import { atomically, schema } from '../../../db/client.ts'
import { maskedName } from '../../accounts/index.ts'
import { enrolmentEnded, enrolmentOpened, recordEvent } from '../../audit/index.ts'
import { hashSecret } from '../../lib/crypto.ts'
import { newId } from '../../lib/random.ts'
import type { BilingualText } from '../../ports/civil-registry/index.ts'
import type { ProofingNeeds } from '../needs.ts'
import { type CaseRow, EMPTIED, movedTo } from '../states.ts'
import { subjectOf } from './options.ts'
import { type FoundByToken, openedHere, selectByToken } from './phone.ts'

const { enrolments } = schema

export interface OpenedLink {
	/** `สม••• ใจ••`: whose link it is, for the person whose it is. */
	maskedName: string
	office: BilingualText
	/** ms */
	expiresAt: number
	/** Whether finishing ends a device that works now. */
	replacesDevice: boolean
}

/**
 * A phone comes with the link. The first one has it, and may come again; a second one ends the case, since nobody can
 * say which of the two is the citizen's. A reload only reads.
 * @throws ServiceError as `openedHere`
 */
export async function openLink(needs: ProofingNeeds, token: string, browserHash: string): Promise<OpenedLink> {
	const found = await selectByToken(needs.db, token).get()
	const after = found && mayMove(found, browserHash) ? await move(needs, token, found.row, browserHash) : found
	const { row, hasDevice } = openedHere(after, browserHash, needs.clock.now())
	const subject = subjectOf(needs, row)
	return {
		maskedName: maskedName(subject.record.person),
		office: subject.office,
		expiresAt: row.expiresAt,
		replacesDevice: hasDevice,
	}
}

const mayMove = ({ row }: FoundByToken, browserHash: string): boolean =>
	row.state === 'link_issued' || (row.state === 'opened' && row.phoneHash !== browserHash)

/** Both moves in one batch: of two phones at once, the second finds the case opened by the first and ends it. */
async function move(
	needs: ProofingNeeds,
	token: string,
	row: CaseRow,
	browserHash: string,
): Promise<FoundByToken | undefined> {
	const { db, random, clock, wake } = needs
	const { id: caseId, pidIndex: subjectIndex } = row
	const act = newId(random, 'act')
	const reason = 'enrolment_link_opened_elsewhere'
	const thisLink = and(eq(enrolments.tokenHash, hashSecret(token)), gt(enrolments.expiresAt, clock.now()))
	const selected = selectByToken(db, token)
	const [, , , , found] = await atomically(db, [
		db
			.update(enrolments)
			.set({ state: 'opened', phoneHash: browserHash, lastAct: act })
			.where(and(thisLink, eq(enrolments.state, 'link_issued'))),
		recordEvent(db, needs, enrolmentOpened({ caseId, subjectIndex }), movedTo('opened', caseId, act)),
		db
			.update(enrolments)
			.set({ state: 'ended', endReason: reason, lastAct: act, ...EMPTIED })
			.where(and(thisLink, eq(enrolments.state, 'opened'), ne(enrolments.phoneHash, browserHash))),
		recordEvent(db, needs, enrolmentEnded({ caseId, subjectIndex, reason }), movedTo('ended', caseId, act)),
		selected,
	])
	wake.touch(caseId)
	return (found as Awaited<typeof selected>)[0]
}
