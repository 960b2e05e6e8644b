import { sql } from 'drizzle-orm'
import { atomically, insertWhere, schema } from '../../../db/client.ts'
import { isLatestCard, refusalFor } from '../../accounts/index.ts'
import { lookUpRefused, personLookedUp, recordEvent } from '../../audit/index.ts'
import { actId, checkAttempt, countAttempt } from '../../authn/index.ts'
import { HOUR } from '../../lib/clock.ts'
import { isServiceError, ServiceError, type ServiceErrorCode } from '../../lib/errors.ts'
import type { OfficerActor } from '../../lib/rpc.ts'
import { thaiDateAt } from '../../lib/thai/dates.ts'
import { isNonThaiCategory, type Pid, parsePid } from '../../lib/thai/pid.ts'
import type { RegistryRecord } from '../../ports/civil-registry/index.ts'
import type { Evidence } from '../decision.ts'
import type { ProofingNeeds } from '../needs.ts'
import { ask, officeOf } from '../registry.ts'
import { LOOKED_UP_LIFE } from '../states.ts'
import { type Subject, sealSubject } from '../subject.ts'
import { caseView, type OfficeCase, ownCase, selectCase } from './case.ts'

const { enrolments } = schema

export interface LookUp {
	pid: string
	/** The number under the photo of the card on the counter, where it was read or typed. */
	cardNumber?: string
}

interface Asking {
	officer: OfficerActor
	caseId: string
	now: number
}

/**
 * The officer has a card before them. Each look-up is counted and written down; one that is refused leaves nothing but
 * that event. The case's id follows from the act, so a repeated call finds its own case and asks nobody again: the
 * answer holds a person's data and is not kept in the act memory.
 * @throws ServiceError the refusals of enrolment, too_many_attempts, own_record, registry_unavailable
 */
export async function lookUp(
	needs: ProofingNeeds,
	officer: OfficerActor,
	actKey: string,
	given: LookUp,
): Promise<OfficeCase> {
	const { db, vault, clock } = needs
	const now = clock.now()
	const asking: Asking = { officer, caseId: `enr_${actId(actKey).slice(0, 22)}`, now }
	const attempt = { key: `look-up/${officer.officerId}`, limit: needs.settings.lookUpsPerHour, window: HOUR, now }
	const read = parsePid(given.pid)
	const pidIndex = 'pid' in read ? vault.index('pid', read.pid) : null

	const [earlier, [counted]] = await db.batch([selectCase(db, asking.caseId), countAttempt(db, attempt)])
	if (earlier[0]) {
		const own = ownCase(earlier[0], officer)
		if (own.row.pidIndex !== pidIndex) throw new ServiceError('idempotency_key_reused')
		return caseView(vault, own, now)
	}
	try {
		checkAttempt(counted, attempt)
		if ('problem' in read) throw new ServiceError(read.problem)
		return await openCase(needs, asking, read.pid, given.cardNumber)
	} catch (error) {
		if (!isServiceError(error)) throw error
		// Beyond the limit only the first is written down, or a flood would fill the log.
		const flooding = error.code === 'too_many_attempts' && counted?.count !== attempt.limit + 1
		if (!flooding) await writeRefusal(needs, officer, pidIndex, error.code)
		throw error
	}
}

function writeRefusal(needs: ProofingNeeds, officer: OfficerActor, pidIndex: string | null, code: ServiceErrorCode) {
	const { officerId, officeCode } = officer
	const event = lookUpRefused({ officerId, officeCode, subjectIndex: pidIndex, code })
	return atomically(needs.db, [recordEvent(needs.db, needs, event)])
}

async function openCase(
	needs: ProofingNeeds,
	asking: Asking,
	pid: Pid,
	cardNumber: string | undefined,
): Promise<OfficeCase> {
	const { db, vault, registry } = needs
	const { officer, caseId, now } = asking
	const pidIndex = vault.index('pid', pid)
	// What the number itself refuses is refused before the AS hears of it.
	if (isNonThaiCategory(pid)) throw new ServiceError('pid_not_thai')
	if ((await needs.ownPidIndex(officer.officerId)) === pidIndex) throw new ServiceError('own_record')

	const record = await ask(registry.findPerson(pid, 'enrolment'))
	const refusal = refusalFor(record, thaiDateAt(now))
	if (refusal || !record) throw new ServiceError(refusal ?? 'person_not_found')
	if (cardNumber && !isLatestCard(record, cardNumber)) throw new ServiceError('card_not_latest')

	const subject = await gather(needs, pid, record, officer.officeCode)
	const evidence: Evidence = {
		method: 'office',
		officerId: officer.officerId,
		officeCode: officer.officeCode,
		asAnsweredAt: now,
		cardStatusChecked: true,
		cardNumberCompared: Boolean(cardNumber),
		chipRead: false,
		portraitOfAs: subject.portrait !== null,
		faceComparedBy: null,
		faceComparedAt: null,
	}
	const row: typeof enrolments.$inferInsert = {
		id: caseId,
		state: 'looked_up',
		officerId: officer.officerId,
		officeCode: officer.officeCode,
		pidIndex,
		subject: sealSubject(vault, caseId, subject),
		evidence: JSON.stringify(evidence),
		createdAt: now,
		expiresAt: now + LOOKED_UP_LIFE,
	}
	const looked = personLookedUp({
		officerId: officer.officerId,
		officeCode: officer.officeCode,
		subjectIndex: pidIndex,
		caseId,
	})
	const selected = selectCase(db, caseId)
	const [, , found] = await atomically(db, [
		// The same act twice at once makes one case.
		insertWhere(db, enrolments, row, sql`NOT EXISTS (SELECT 1 FROM ${enrolments} WHERE ${enrolments.id} = ${caseId})`),
		// Without a guard: the AS was asked and the officer is shown the answer, whichever of the two made the case.
		recordEvent(db, needs, looked),
		selected,
	])
	return caseView(vault, ownCase((found as Awaited<typeof selected>)[0], officer), now)
}

async function gather(needs: ProofingNeeds, pid: Pid, record: RegistryRecord, officeCode: string): Promise<Subject> {
	const [portrait, office] = await Promise.all([
		ask(needs.registry.portrait(pid, 'enrolment')),
		officeOf(needs.registry, officeCode),
	])
	return {
		record,
		portrait: portrait && { mediaType: portrait.mediaType, base64: portrait.bytes.toBase64() },
		office: { th: office.th, en: office.en },
	}
}
