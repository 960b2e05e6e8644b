import { and, eq } from 'drizzle-orm'
import { insertWhere, schema } from '../../../db/client.ts'
import { ServiceError } from '../../lib/errors.ts'
import { newId } from '../../lib/random.ts'
import { type AuthorizationRequest, type CountedPush, mayUseQr, type StartedSignIn } from '../../oidc/index.ts'
import { describeAsker } from '../asked-from.ts'
import type { AuthnDeps } from '../needs.ts'
import { countAttempt, networkKey, stillAdmitted } from '../throttle.ts'
import { whyNot } from './moves.ts'
import { readForBrowser } from './reads.ts'
import { readRequest } from './stored.ts'

const { signIns } = schema

/**
 * Act one. An authorization request begins to wait: bound to the browser that brought it by a cookie whose hash is
 * stored. The id stands in the page's address and in the QR; alone it is worth nothing. Nobody has proved anything yet,
 * so it is counted, and beyond the limit nothing is stored.
 */
export function startSignIn(
	deps: AuthnDeps,
	request: Request,
	browser: { hash: string; headers: [string, string][] },
	authorization: AuthorizationRequest,
): StartedSignIn {
	const { db, random, clock, vault } = deps
	const id = newId(random, 'si')
	const now = clock.now()
	const asker = describeAsker(request, deps.peer(request))
	const attempt = {
		...deps.limits.startsFromNetwork,
		key: networkKey(vault, `start/${authorization.client_id}`, asker),
		now,
	}
	const row = {
		id,
		clientId: authorization.client_id,
		request: vault.seal(['sign_ins', id, 'request'], JSON.stringify(authorization)),
		state: 'pending',
		browserHash: browser.hash,
		askedFrom: vault.seal(['sign_ins', id, 'asked_from'], JSON.stringify(asker)),
		createdAt: now,
		expiresAt: now + deps.limits.waiting,
	} as const
	return {
		statements: [countAttempt(db, attempt), insertWhere(db, signIns, row, stillAdmitted(attempt))],
		fullUntil([counted]) {
			const [seen] = (counted ?? []) as { count: number; expiresAt: number }[]
			return seen !== undefined && seen.count > attempt.limit ? seen.expiresAt : null
		},
		location: `${deps.issuer}/sign-in/${id}${languageOf(authorization)}`,
		headers: browser.headers,
	}
}

/** The same for a request that is pushed by a client that proves nothing. */
export function countPush(deps: AuthnDeps, request: Request, clientId: string): CountedPush {
	const key = networkKey(deps.vault, `push/${clientId}`, describeAsker(request, deps.peer(request)))
	const attempt = { ...deps.limits.startsFromNetwork, key, now: deps.clock.now() }
	return { count: countAttempt(deps.db, attempt), guard: stillAdmitted(attempt), window: attempt.window }
}

/** OpenID Connect Core §3.1.2.1 ui_locales: the first that we speak. */
function languageOf({ ui_locales }: AuthorizationRequest): string {
	const wished = (ui_locales ?? '').split(' ').map((tag) => tag.slice(0, 2).toLowerCase())
	const first = wished.find((tag) => tag === 'th' || tag === 'en')
	return first ? `?lang=${first}` : ''
}

/**
 * The page shows a QR from now on, for two minutes. Again where they ran out, as long as the request itself may wait;
 * never after a scan. Frames of before count no more, nor what began on this device.
 * @throws ServiceError qr_not_allowed where the relying party wants what no QR can give
 */
export async function showQr(deps: AuthnDeps, id: string, browserHash: string): Promise<{ expiresAt: number }> {
	const { db, clock, vault, limits } = deps
	const now = clock.now()
	const { signIn } = await readForBrowser(db, id, browserHash)
	if (!mayUseQr(readRequest(vault, signIn))) throw new ServiceError('qr_not_allowed')
	const last = signIn.createdAt + limits.waiting
	if (signIn.state === 'pending' && last <= now) throw new ServiceError('sign_in_expired')
	const expiresAt = Math.min(now + limits.scan, last)
	const shown = await db
		.update(signIns)
		.set({ path: 'qr', qrFrom: now, expiresAt })
		.where(and(eq(signIns.id, id), eq(signIns.state, 'pending')))
		.returning({ id: signIns.id })
	if (shown.length !== 1) throw await whyNot(deps, id, 'sign_in_ended')
	return { expiresAt }
}
