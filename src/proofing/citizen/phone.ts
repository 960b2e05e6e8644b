import { and, eq, isNull } from 'drizzle-orm'
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
	/** The device before, while it lives. */
	device: { credentialId: string; transports: string } | null
}

/** By the link's token; for a batch or by itself. */
export function selectByToken(db: Db, token: string) {
	return db
		.select({
			row: enrolments,
			account: { id: accounts.id, enrolmentId: accounts.enrolmentId },
			device: { credentialId: passkeys.credentialId, transports: passkeys.transports },
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
export function openedHere(found: PhoneCase | undefined, browserHash: string, now: number): PhoneCase {
	if (!found) throw new ServiceError('enrolment_link_unknown')
	const { row } = found
	if (stateNow(row, now).state !== 'opened') refusePhone(row, now)
	if (row.phoneHash !== browserHash) throw new ServiceError('enrolment_link_opened_elsewhere')
	return found
}

/**
 * The account that the case makes or renews. A new one takes its name from the case, so that the passkey's user handle,
 * which is made before the account, already is the account's id.
 */
export function accountIdOf({ row, account }: Pick<PhoneCase, 'row' | 'account'>): string {
	return account?.id ?? `acc_${row.id.replace(/^enr_/, '')}`
}
