import { and, eq, isNull } from 'drizzle-orm'
import { type Db, schema } from '../../../db/client.ts'
import { ServiceError } from '../../lib/errors.ts'
import { ownCookie } from '../device.ts'

const { accounts, clients, devices, passkeys, pins, signIns } = schema

export type SignInRow = typeof signIns.$inferSelect
export type ClientRow = typeof clients.$inferSelect

/** The states in which something may still happen, unless the time is over. */
const OPEN: readonly SignInRow['state'][] = ['pending', 'scanned', 'approved', 'declined']

/** A row as it stands now: what ran out of time has ended, though nothing has written so. */
export function effectiveState(row: SignInRow, now: number): Pick<SignInRow, 'state' | 'endReason'> {
	if (OPEN.includes(row.state) && row.expiresAt <= now) return { state: 'ended', endReason: 'sign_in_expired' }
	return { state: row.state, endReason: row.endReason }
}

/** The sign-in with its client, for the browser that waits. @throws ServiceError where it is not this browser's. */
export async function readForBrowser(
	db: Db,
	id: string,
	browserHash: string,
): Promise<{ signIn: SignInRow; client: ClientRow }> {
	const row = await db
		.select({ signIn: signIns, client: clients })
		.from(signIns)
		.innerJoin(clients, eq(clients.id, signIns.clientId))
		.where(eq(signIns.id, id))
		.get()
	if (!row) throw new ServiceError('sign_in_unknown')
	if (row.signIn.browserHash !== browserHash) throw new ServiceError('sign_in_other_browser')
	return row
}

/** The sign-in, its client, and what the asking browser's device cookie stands for: one statement. */
export async function readForInspection(db: Db, id: string, deviceHash: string) {
	return db
		.select({ signIn: signIns, client: clients, passkey: passkeys, account: accounts })
		.from(signIns)
		.innerJoin(clients, eq(clients.id, signIns.clientId))
		.leftJoin(devices, and(eq(devices.secretHash, deviceHash), isNull(devices.endedAt)))
		.leftJoin(passkeys, and(eq(passkeys.credentialId, devices.credentialId), isNull(passkeys.endedAt)))
		.leftJoin(accounts, eq(accounts.id, passkeys.accountId))
		.where(eq(signIns.id, id))
		.get()
}

/**
 * The sign-in, and the passkey that answers with its account and PIN; and this browser's cookie, where it stands for
 * that very passkey: one statement.
 */
export async function readForDecision(db: Db, id: string, credentialId: string, deviceHash: string) {
	return db
		.select({ signIn: signIns, client: clients, passkey: passkeys, account: accounts, pin: pins, device: devices })
		.from(signIns)
		.innerJoin(clients, eq(clients.id, signIns.clientId))
		.leftJoin(passkeys, and(eq(passkeys.credentialId, credentialId), isNull(passkeys.endedAt)))
		.leftJoin(accounts, eq(accounts.id, passkeys.accountId))
		.leftJoin(pins, eq(pins.accountId, accounts.id))
		.leftJoin(devices, ownCookie(deviceHash))
		.where(eq(signIns.id, id))
		.get()
}
