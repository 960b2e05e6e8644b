import { and, eq, isNull, type SQL, sql } from 'drizzle-orm'
import { atomically, insertWhere, type Statement, schema } from '../../../db/client.ts'
import { recordEvent, signInApproved } from '../../audit/index.ts'
import { ServiceError } from '../../lib/errors.ts'
import { newId } from '../../lib/random.ts'
import { notify } from '../../notices/index.ts'
import { type AuthorizationRequest, acrOfWay, acrSatisfies, consentScope, isMeant } from '../../oidc/index.ts'
import { isActive } from '../account-check.ts'
import type { ActCookie } from '../acts.ts'
import type { ProvedRight } from '../attempt.ts'
import { amrOf, cookiesHere, openHere } from '../here.ts'
import type { AuthnDeps } from '../needs.ts'
import type { Deciding, Decision, Remember } from './decide.ts'
import { type EndReason, ending, movedBy, whyNot } from './moves.ts'
import { readAskedFrom, readRequest } from './stored.ts'

const { accounts, grants, passkeys, signIns } = schema

/**
 * The yes, as one batch: the PIN's errors are forgotten, the sign-in is approved, and only where both were done there
 * are a grant, a notice, an event, and in this very browser a session.
 */
export async function approve(
	deps: AuthnDeps,
	{ actKey, act }: { actKey: string; act: string },
	row: Deciding,
	proved: ProvedRight,
	remember: Remember,
): Promise<{ decision: Decision; cookies: readonly ActCookie[] }> {
	const { db, clock, vault, random, wake } = deps
	const { signIn, client, passkey, account } = row
	const { id: accountId } = account
	const now = clock.now()
	const path = signIn.path ?? 'this-device'
	const acr = acrOfWay(path, passkey.tier)
	const amr = JSON.stringify(amrOf(passkey.tier))
	const asked = readRequest(vault, signIn)
	const scope = consentScope(asked).join(' ')
	const refused = whyRefused(deps, row, asked, acr)
	if (refused) return refuse(deps, row, proved, refused)
	const grantId = newId(random, 'grt')
	const guard = movedBy(signIn.id, act, 'approved')
	const decision: Decision = { outcome: 'approved', path }
	const here = path === 'this-device'
	const cookies = here ? cookiesHere(row) : []
	const grant = { id: grantId, accountId, clientId: client.id, scope, signInId: signIn.id, createdAt: now }
	const event = signInApproved({ signInId: signIn.id, clientId: client.id, accountId, path, acr, scope })
	const [, approved] = await atomically(db, [
		proved.settle,
		approving(deps, row, { act, acr, amr, grantId, now, proved }),
		insertWhere(db, grants, grant, guard),
		db
			.update(passkeys)
			.set({ signCount: proved.assertion.signCount, backedUp: proved.assertion.backedUp, lastUsedAt: now })
			.where(and(eq(passkeys.credentialId, passkey.credentialId), isNull(passkeys.endedAt), guard)),
		// What the AS answered at inspection is what the citizen saw, and what the relying party will get.
		db
			.update(accounts)
			.set({ snapshot: signIn.snapshot ?? undefined, snapshotAt: signIn.snapshotAt ?? undefined, updatedAt: now })
			.where(and(eq(accounts.id, accountId), guard)),
		recordEvent(db, deps, event, guard),
		noticeOf(deps, row, guard),
		...(here ? openHere(deps, row, { actKey, acr, amr, now, guard, before: row.session }) : []),
		...proved.signals,
		remember(decision, guard, cookies),
	])
	// Still open: looked at again meanwhile, or the attempt at the PIN was overtaken. Both are asked anew.
	if (approved?.length !== 1) throw await whyNot(deps, signIn.id, 'passkey_challenge')
	wake.touch(signIn.id)
	return { decision, cookies }
}

/** Proved, and still not what the relying party asked for: somebody else than it means, or not by such a key. */
function whyRefused(
	{ vault }: AuthnDeps,
	{ client, account }: Deciding,
	asked: AuthorizationRequest,
	acr: string,
): EndReason | null {
	if (!isMeant(vault, client, account, asked)) return 'sign_in_other_citizen'
	return acrSatisfies({ acr, ial: account.ial }, asked.acr_values) ? null : 'sign_in_way_not_enough'
}

/** The attempt at the PIN was right and counts so; nothing is given, and the relying party hears why. */
async function refuse(deps: AuthnDeps, { signIn }: Deciding, proved: ProvedRight, reason: EndReason): Promise<never> {
	await atomically(deps.db, [proved.settle, ...ending(deps, signIn, reason, proved.guard), ...proved.signals])
	deps.wake.touch(signIn.id)
	throw new ServiceError(reason)
}

interface Approving {
	act: string
	acr: string
	amr: string
	grantId: string
	now: number
	proved: ProvedRight
}

/** The one statement that decides: what was shown, to whom it was shown, and the account as they were checked. */
function approving(
	{ db, limits }: AuthnDeps,
	{ signIn, account }: Deciding,
	{ act, acr, amr, grantId, now, proved }: Approving,
): Statement {
	return db
		.update(signIns)
		.set({ state: 'approved', acr, amr, grantId, snapshot: null, decidedAt: now, expiresAt: now + limits.collect })
		.where(
			and(
				eq(signIns.id, signIn.id),
				movedBy(signIn.id, act, signIn.state),
				eq(signIns.accountId, account.id),
				sql`${signIns.path} IS ${signIn.path}`,
				sql`${signIns.expiresAt} > ${now}`,
				isActive(account.id),
				proved.guard,
			),
		)
		.returning({ id: signIns.id })
}

function noticeOf(deps: AuthnDeps, { signIn, client, account }: Deciding, guard: SQL): Statement {
	const names = { clientTh: client.nameTh, clientEn: client.nameEn }
	if (signIn.path !== 'qr')
		return notify(deps.db, deps, { accountId: account.id, kind: 'signed_in', params: names }, guard)
	const asker = readAskedFrom(deps.vault, signIn)
	const params = { ...names, place: asker.place ?? asker.network, browser: `${asker.browser} · ${asker.os}` }
	return notify(deps.db, deps, { accountId: account.id, kind: 'signed_in_by_qr', params }, guard)
}
