import { and, eq, gt, type SQL, sql } from 'drizzle-orm'
import { insertWhere, type Statement, schema } from '../../../db/client.ts'
import { endDevice, livingAccount, sealSnapshot, toSnapshot } from '../../accounts/index.ts'
import { deviceReplaced, enrolmentDone, recordEvent } from '../../audit/index.ts'
import {
	actSecret,
	type DoneAct,
	type NewPasskey,
	type PinRecord,
	rememberAct,
	rememberDevice,
} from '../../authn/index.ts'
import { ServiceError } from '../../lib/errors.ts'
import { notify } from '../../notices/index.ts'
import type { Conclusion } from '../decision.ts'
import type { ProofingNeeds } from '../needs.ts'
import { EMPTIED, movedTo } from '../states.ts'
import type { Subject } from '../subject.ts'
import { accountIdOf, type PhoneCase } from './phone.ts'

const { accounts, enrolments, passkeys, pins } = schema

export interface Finishing {
	case: PhoneCase
	subject: Subject
	evidence: Conclusion
	passkey: NewPasskey
	pin: PinRecord
	browserHash: string
	now: number
	/** Named anew for each try: the later statements go on only where this try's first one did. */
	act: string
	remembered: Omit<DoneAct, 'cookies'>
}

/**
 * An enrolment's end in order. The first statement is the only one that decides; it returns a row where the case was
 * still this phone's to finish and the account is still as it was read. All others repeat that it did.
 */
export function enrolmentBatch(needs: ProofingNeeds, f: Finishing): Statement[] {
	const guard = movedTo('done', f.case.row.id, f.act)
	return [
		closeCase(needs, f),
		standAccount(needs, f, guard),
		...(f.case.account
			? endDevice(needs.db, { accountId: f.case.account.id, now: f.now, reason: 'replaced', guard })
			: []),
		...standDevice(needs, f, guard),
		...tell(needs, f, guard),
		rememberAct(
			needs.db,
			needs,
			{ ...f.remembered, cookies: [{ cookie: 'device', prefix: f.passkey.credentialId }] },
			guard,
		),
	]
}

function closeCase({ db }: ProofingNeeds, f: Finishing): Statement {
	const { row } = f.case
	return db
		.update(enrolments)
		.set({ state: 'done', doneAt: f.now, evidence: JSON.stringify(f.evidence), lastAct: f.act, ...EMPTIED })
		.where(
			and(
				eq(enrolments.id, row.id),
				eq(enrolments.state, 'opened'),
				eq(enrolments.phoneHash, f.browserHash),
				eq(enrolments.challenge, row.challenge ?? ''),
				gt(enrolments.expiresAt, f.now),
				accountAsRead(f.case),
			),
		)
		.returning({ id: enrolments.id })
}

/** Nobody has given this person an account, or the account a device, since it was read. */
function accountAsRead({ row, account }: PhoneCase): SQL {
	const living = sql`SELECT 1 FROM ${accounts} WHERE ${accounts.pidIndex} = ${row.pidIndex} AND ${livingAccount}`
	return account
		? sql`EXISTS (${living} AND ${accounts.id} = ${account.id} AND ${accounts.enrolmentId} = ${account.enrolmentId})`
		: sql`NOT EXISTS (${living})`
}

/** A new account, or the old one made active with what the AS says today: whatever suspended it, an officer saw the person. */
function standAccount({ db, vault }: ProofingNeeds, f: Finishing, guard: SQL): Statement {
	const { row, account } = f.case
	const { card } = f.subject.record
	if (!card) throw new ServiceError('card_none')
	const id = accountIdOf(f.case)
	const { ial, asAnsweredAt } = f.evidence
	const now = {
		snapshot: sealSnapshot(vault, id, toSnapshot({ ...f.subject.record, card }, ial)),
		snapshotAt: asAnsweredAt,
		status: 'active' as const,
		statusReason: null,
		ial,
		enrolmentId: row.id,
		updatedAt: f.now,
	}
	if (account)
		return db
			.update(accounts)
			.set(now)
			.where(and(eq(accounts.id, id), guard))
	return insertWhere(db, accounts, { id, pidIndex: row.pidIndex, createdAt: f.now, ...now }, guard)
}

function standDevice({ db, vault }: ProofingNeeds, f: Finishing, guard: SQL): Statement[] {
	const accountId = accountIdOf(f.case)
	const { passkey, pin, now } = f
	const secret = actSecret(vault, f.remembered.actKey, 'device')
	return [
		insertWhere(db, passkeys, { ...passkey, accountId, createdAt: now, lastUsedAt: now }, guard),
		insertWhere(db, pins, { ...pin, accountId, failures: 0, nextTryAt: 0, updatedAt: now }, guard),
		rememberDevice(db, { secret, accountId, credentialId: passkey.credentialId, now }, guard),
	]
}

function tell(needs: ProofingNeeds, f: Finishing, guard: SQL): Statement[] {
	const { db } = needs
	const { row, hasDevice } = f.case
	const accountId = accountIdOf(f.case)
	const { officerId, officeCode } = row
	const { ial, tier } = f.evidence
	const { office } = f.subject
	const done = enrolmentDone({ officerId, officeCode, accountId, caseId: row.id, ial, tier })
	const params = { officeTh: office.th, officeEn: office.en }
	return [
		recordEvent(db, needs, done, guard),
		notify(db, needs, { accountId, kind: 'enrolled', params }, guard),
		...(hasDevice
			? [
					recordEvent(db, needs, deviceReplaced({ accountId, caseId: row.id }), guard),
					notify(db, needs, { accountId, kind: 'device_replaced', params: {} }, guard),
				]
			: []),
	]
}
