import { and, eq, sql } from 'drizzle-orm'
import { type Db, schema } from '../../../db/client.ts'
import { type CardFace, cardFace, livingAccount, toSnapshot } from '../../accounts/index.ts'
import { ServiceError, type ServiceErrorCode } from '../../lib/errors.ts'
import type { OfficerActor } from '../../lib/rpc.ts'
import type { Vault } from '../../lib/vault.ts'
import { type CaseRow, type CaseState, isOpen, stateNow } from '../states.ts'
import { openSubject } from '../subject.ts'

const { accounts, enrolments } = schema

/** An enrolment as the officer sees it. */
export interface OfficeCase {
	caseId: string
	state: CaseState
	endReason: ServiceErrorCode | null
	/** ms */
	expiresAt: number
	/** ms */
	doneAt: number | null
	/** The person before the officer; null once the case has ended. */
	subject: CaseSubject | null
}

export interface CaseSubject extends CardFace {
	/** A `data:` URL of the AS's portrait. */
	portrait: string | null
	/** What the officer should know and may go on with. */
	warnings: ServiceErrorCode[]
	hasDigitalId: boolean
	/** It is suspended since its device was reported lost: it can be taken back without enrolling anew. */
	deviceLost: boolean
}

export interface FoundCase {
	row: CaseRow
	/** The person's digital ID, where there is one that has not ended. */
	livingStatus: 'active' | 'suspended' | null
	livingReason: string | null
}

/** One case with the person's digital ID, if there is one; for a batch or by itself. */
export function selectCase(db: Db, caseId: string) {
	return db
		.select({
			row: enrolments,
			// In a batch each column of a join needs a name of its own: D1 makes one of two.
			livingStatus: sql<FoundCase['livingStatus']>`${accounts.status}`.as('living_status'),
			livingReason: sql<string | null>`${accounts.statusReason}`.as('living_reason'),
		})
		.from(enrolments)
		.leftJoin(accounts, and(eq(accounts.pidIndex, enrolments.pidIndex), livingAccount))
		.where(eq(enrolments.id, caseId))
		.limit(1)
}

/**
 * The case, for the officer whose it is.
 * @throws ServiceError not_allowed, the same for a case of somebody else and for none at all
 */
export function ownCase(found: FoundCase | undefined, officer: Pick<OfficerActor, 'officerId'>): FoundCase {
	if (!found || found.row.officerId !== officer.officerId) throw new ServiceError('not_allowed')
	return found
}

export function caseView(vault: Vault, { row, livingStatus, livingReason }: FoundCase, now: number): OfficeCase {
	const { state, endReason } = stateNow(row, now)
	const { id: caseId, expiresAt, doneAt } = row
	const subject = isOpen(state) ? subjectView(vault, row, livingStatus, livingReason) : null
	return { caseId, state, endReason, expiresAt, doneAt, subject }
}

function subjectView(
	vault: Vault,
	row: CaseRow,
	livingStatus: FoundCase['livingStatus'],
	livingReason: string | null,
): CaseSubject | null {
	const subject = openSubject(vault, row)
	if (!subject?.record.card) return null
	const { record, portrait } = subject
	return {
		...cardFace(toSnapshot({ ...record, card: subject.record.card }, '')),
		portrait: portrait && `data:${portrait.mediaType};base64,${portrait.base64}`,
		warnings: livingStatus === 'suspended' ? ['account_suspended'] : [],
		hasDigitalId: livingStatus !== null,
		deviceLost: livingStatus === 'suspended' && livingReason === 'device_lost',
	}
}
