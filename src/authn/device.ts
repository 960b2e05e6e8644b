import { and, eq, isNull, type SQL } from 'drizzle-orm'
import { type Db, insertWhere, type Statement, schema } from '../../db/client.ts'
import { readCookie, setCookie } from '../lib/cookies.ts'
import { hashSecret } from '../lib/crypto.ts'

/**
 * The device knows itself: `__Host-device` holds the credential id and a secret, set by the server. So a phone whose
 * key is not discoverable finds its key without anybody typing a PID, and a cookie alone signs nothing.
 */
export interface DeviceCookie {
	credentialId: string
	secretHash: string
}

/** What the request's cookie says; nothing is checked but its form. */
export function deviceOf(request: Request): DeviceCookie | null {
	const [credentialId, secret, ...rest] = readCookie(request, 'device')?.split('.') ?? []
	if (!credentialId || !secret || rest.length > 0) return null
	return { credentialId, secretHash: hashSecret(secret) }
}

/** The cookie as the browser sent it lives on from now: it is renewed at each use. */
export function renewDevice(answer: Headers, request: Request): void {
	const value = readCookie(request, 'device')
	if (value !== null && deviceOf(request)) setCookie(answer, 'device', value)
}

/** Joins a browser's device cookie to the passkey for which it stands. */
export function ownCookie(secretHash: string): SQL | undefined {
	const { devices, passkeys } = schema
	return and(
		eq(devices.secretHash, secretHash),
		eq(devices.credentialId, passkeys.credentialId),
		isNull(devices.endedAt),
	)
}

/** A browser learns which passkey is its own. */
export function rememberDevice(
	db: Db,
	device: { secret: string; accountId: string; credentialId: string; now: number },
	guard: SQL,
): Statement {
	const { secret, accountId, credentialId, now } = device
	return insertWhere(
		db,
		schema.devices,
		{ secretHash: hashSecret(secret), accountId, credentialId, createdAt: now, lastUsedAt: now },
		guard,
	)
}

/** The passkey and account that the cookie stands for, while both live. */
export async function findDevice(db: Db, request: Request) {
	const cookie = deviceOf(request)
	if (!cookie) return null
	const { accounts, devices, passkeys } = schema
	const row = await db
		.select({ passkey: passkeys, account: accounts })
		.from(devices)
		.innerJoin(passkeys, and(eq(passkeys.credentialId, devices.credentialId), isNull(passkeys.endedAt)))
		.innerJoin(accounts, eq(accounts.id, passkeys.accountId))
		.where(and(eq(devices.secretHash, cookie.secretHash), isNull(devices.endedAt)))
		.get()
	return row ?? null
}
