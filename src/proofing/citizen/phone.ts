import { and, eq, isNull, sql } from 'drizzle-orm'
import { type Db, schema } from '../../../db/client.ts'
import { livingAccount } from '../../accounts/index.ts'
import { hashSecret } from '../../lib/crypto.ts'
import { ServiceError } from '../../lib/errors.ts'
import { type CaseRow, refusePhone, stateNow } from '../states.ts'

const { accounts, enrolments, passkeys } = schema

/** A case as the citizen's phone finds it, with the digital ID and the device that it may replace. */
export interface PhoneCase {
	row: CaseRow
	account: { id: string; enrolmentId: string } | null
	/** Whether a device of the account works now. */
	hasDevice: boolean
}

/** What `selectByToken` brings; in a batch each column of a join needs a name of its own. */
export interface FoundByToken {
	row: CaseRow
	livingId: string | null
	livingEnrolment: string | null
	livingDevice: string | null
}

/** By the link's token; for a batch or by itself. */
export function selectByToken(db: Db, token: string) {
	return db
		.select({
			row: enrolments,
			livingId: sql<string | null>`${accounts.id}`.as('living_id'),
			livingEnrolment: sql<string | null>`${accounts.enrolmentId}`.as('living_enrolment'),
			livingDevice: sql<string | null>`${passkeys.credentialId}`.as('living_device'),
		})
		.from(enrolments)
		.leftJoin(accounts, and(eq(accounts.pidIndex, enrolments.pidIndex), livingAccount))
		.leftJoin(passkeys, and(eq(passkeys.accountId, accounts.id), isNull(passkeys.endedAt)))
		.where(eq(enrolments.tokenHash, hashSecret(token)))
		.limit(1)
}

/**
 * The case that this very phone has opened.
 * @throws ServiceError enrolment_link_unknown, enrolment_link_expired, …_used, …_opened_elsewhere, enrolment_cancelled
 */
export function openedHere(found: FoundByToken | undefined, browserHash: string, now: number): PhoneCase {
	if (!found) throw new ServiceError('enrolment_link_unknown')
	const { row, livingId, livingEnrolment, livingDevice } = found
	if (stateNow(row, now).state !== 'opened') refusePhone(row, now)
	if (row.phoneHash !== browserHash) throw new ServiceError('enrolment_link_opened_elsewhere')
	const account = livingId !== null && livingEnrolment !== null ? { id: livingId, enrolmentId: livingEnrolment } : null
	return { row, account, hasDevice: livingDevice !== null }
}

/**
 * The account that the case makes or renews. A new one takes its name from the case, so that the passkey's user handle,
 * which is made before the account, already is the account's id.
 */
export function accountIdOf({ row, account }: Pick<PhoneCase, 'row' | 'account'>): string {
	return account?.id ?? `acc_${row.id.replace(/^enr_/, '')}`
}
