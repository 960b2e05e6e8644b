import { and, eq, isNull, type SQL } from 'drizzle-orm'
import { type Statement, schema } from '../../db/client.ts'
import type { Vault } from '../lib/vault.ts'
import { type ActCookie, actSecret, setActCookie } from './acts.ts'
import { rememberDevice, renewDevice } from './device.ts'
import type { AuthnDeps } from './needs.ts'
import type { Tier } from './passkey/index.ts'
import { openSession, replaceSession, type SessionRow } from './session/index.ts'

/** A passkey that has answered in this very browser, with the browser's cookie for it where it has one. */
export interface AnsweredHere {
	passkey: { accountId: string; credentialId: string; tier: Tier }
	device: { secretHash: string } | null
}

/**
 * RFC 8176, and `pop` of OpenID EAP. `hwk` only where a maker's statement proves hardware, `swk` where the browser's own key
 * signed beside a passkey that may be copied; of what lies between nothing is proved. `mfa`: possession and knowledge.
 */
export function amrOf(tier: Tier): string[] {
	const key = { attested: ['hwk'], 'device-bound': [], 'browser-bound': ['swk'] }[tier]
	return ['pop', ...key, 'user', 'pin', 'mfa']
}

/** The cookies that go with `openHere`. A browser that knows its key already keeps the cookie that it has. */
export function cookiesHere({ passkey, device }: AnsweredHere): readonly ActCookie[] {
	return [{ cookie: 'session' }, ...(device ? [] : [{ cookie: 'device', prefix: passkey.credentialId } as const])]
}

/** Sets them on the answer. The device's own cookie is renewed where it is not made anew, after a QR too. */
export function setCookiesHere(
	ctx: { request: Request; responseHeaders: Headers },
	vault: Vault,
	actKey: string,
	cookies: readonly ActCookie[],
): void {
	for (const cookie of cookies) setActCookie(ctx.responseHeaders, vault, actKey, cookie)
	if (!cookies.some(({ cookie }) => cookie === 'device')) renewDevice(ctx.responseHeaders, ctx.request)
}

export interface OpenHere {
	actKey: string
	acr: string
	/** JSON array. */
	amr: string
	now: number
	guard: SQL
	/** The session that this browser had. */
	before: SessionRow | null
}

/** The browser gets a session, and knows its key from now on. */
export function openHere(
	{ db, vault, limits }: AuthnDeps,
	{ passkey, device }: AnsweredHere,
	{ actKey, acr, amr, now, guard, before }: OpenHere,
): Statement[] {
	const { devices } = schema
	const { accountId, credentialId } = passkey
	const secret = actSecret(vault, actKey, 'session')
	return [
		openSession(db, { secret, accountId, credentialId, acr, amr, now, lifetime: limits.session }, guard),
		...replaceSession(db, before, { secret, accountId, now }, guard),
		device
			? db
					.update(devices)
					.set({ lastUsedAt: now })
					.where(and(eq(devices.secretHash, device.secretHash), isNull(devices.endedAt), guard))
			: rememberDevice(db, { secret: actSecret(vault, actKey, 'device'), accountId, credentialId, now }, guard),
	]
}
