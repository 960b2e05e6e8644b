import { and, eq, isNull } from 'drizzle-orm'
import { type Db, schema } from '../../../db/client.ts'
import { ServiceError } from '../../lib/errors.ts'
import { ownCookie } from '../device.ts'
import { sessionHere } from '../session/index.ts'

const { accounts, clients, devices, passkeys, pins, sessions, signIns } = schema

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

/** The browser's session, where it has one. Times in ms. */
export interface SessionAsked {
	sessionHash: string | null
	now: number
	idle: number
}

/** For the waiting browser that collects: also its session, and the passkey that has answered on the phone. */
export async function readForCollection(db: Db, id: string, browserHash: string, asked: SessionAsked) {
	const row = await db
		.select({
			signIn: signIns,
			client: clients,
			session: sessions,
			credentialId: passkeys.credentialId,
			ial: accounts.ial,
		})
		.from(signIns)
		.innerJoin(clients, eq(clients.id, signIns.clientId))
		.leftJoin(sessions, sessionHere(asked.sessionHash ?? '', asked.now, asked.idle))
		.leftJoin(passkeys, and(eq(passkeys.accountId, signIns.accountId), isNull(passkeys.endedAt)))
		.leftJoin(accounts, eq(accounts.id, signIns.accountId))
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

/** What the decision needs of the client: D1 gives no more than 100 columns in one row. */
const CLIENT_AT_DECISION = {
	id: clients.id,
	nameTh: clients.nameTh,
	nameEn: clients.nameEn,
	profile: clients.profile,
	sector: clients.sector,
	pidAsSubject: clients.pidAsSubject,
}

/**
 * The sign-in, and the passkey that answers with its account and PIN; and what this browser's cookies stand for: that very
 * passkey, a session. One statement.
 */
export async function readForDecision(
	db: Db,
	id: string,
	credentialId: string,
	asked: SessionAsked & { deviceHash: string | null },
) {
	return db
		.select({
			signIn: signIns,
			client: CLIENT_AT_DECISION,
			passkey: passkeys,
			account: accounts,
			pin: pins,
			device: devices,
			session: sessions,
		})
		.from(signIns)
		.innerJoin(clients, eq(clients.id, signIns.clientId))
		.leftJoin(passkeys, and(eq(passkeys.credentialId, credentialId), isNull(passkeys.endedAt)))
		.leftJoin(accounts, eq(accounts.id, passkeys.accountId))
		.leftJoin(pins, eq(pins.accountId, accounts.id))
		.leftJoin(devices, ownCookie(asked.deviceHash ?? ''))
		.leftJoin(sessions, sessionHere(asked.sessionHash ?? '', asked.now, asked.idle))
		.where(eq(signIns.id, id))
		.get()
}
