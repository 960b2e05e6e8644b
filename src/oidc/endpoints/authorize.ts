import { type SQL, sql } from 'drizzle-orm'
import { atomically, type Db, type Statement } from '../../../db/client.ts'
import { SECOND } from '../../lib/clock.ts'
import { hashSecret } from '../../lib/crypto.ts'
import { consentRequired, loginRequired, tooManyRequests, unmetAuthentication } from '../errors.ts'
import type { Exchange } from '../exchange.ts'
import type { AuthorizationRequest } from '../wire.ts'
import { answerSilently, pushedSpent, reasonToAsk, spendPushed } from './silent-answer.ts'

/**
 * OpenID Connect Core §3.1.2: answers at once where a session and an earlier consent allow it, otherwise the request
 * waits and the citizen is asked. One read has happened; one batch writes.
 */
export async function authorize(x: Exchange): Promise<Response> {
	const authorization = x.authorization as AuthorizationRequest
	const reason = reasonToAsk(x, authorization)
	if (reason === null) return answerSilently(x, authorization)
	if (authorization.prompt.includes('none')) throw WITHOUT_ASKING[reason]()
	const started = x.deps.startSignIn(x.request, authorization)
	const full = started.fullUntil(await atomically(x.deps.db, started.statements))
	if (full !== null) throw tooManyRequests(Math.ceil((full - x.now) / SECOND))
	const headers = new Headers(started.headers)
	headers.set('location', started.location)
	headers.set('cache-control', 'no-store')
	return new Response(null, { status: 303, headers })
}

/** OpenID Connect Core §3.1.2.6; RFC 9470 §5 where a session is there and not of the kind that is asked for. */
const WITHOUT_ASKING = { login: loginRequired, acr: unmetAuthentication, consent: consentRequired } as const

/** For the batch in which a citizen's answer becomes a code: the pushed request is spent, and the guard that it was. */
export function consumePushed(
	db: Db,
	authorization: AuthorizationRequest,
	code: string,
): { statements: Statement[]; guard: SQL | undefined } {
	if (authorization.pushed === undefined) return { statements: [], guard: undefined }
	const uriHash = sql`${authorization.pushed}`
	const by = sql`${hashSecret(code)}`
	return { statements: [spendPushed(db, uriHash, by)], guard: pushedSpent(uriHash, by) }
}
