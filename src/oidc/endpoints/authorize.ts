import { and, eq, isNull, sql } from 'drizzle-orm'
import { atomically, type Db, schema } from '../../../db/client.ts'
import { bind } from '../../../db/prepared.ts'
import { MINUTE } from '../../lib/clock.ts'
import { hashSecret } from '../../lib/crypto.ts'
import { newSecret } from '../../lib/random.ts'
import { acrSatisfies, servableAcrs } from '../artifacts/acr.ts'
import { authorizationRedirect } from '../artifacts/authorization-response.ts'
import { codeStatement } from '../artifacts/code.ts'
import { consentRequired, loginRequired, unmetAuthentication } from '../errors.ts'
import { type Exchange, set } from '../exchange.ts'
import type { AuthorizationRequest } from '../wire.ts'

/**
 * OpenID Connect Core §3.1.2: answers at once where a session and an earlier consent allow it, otherwise the request
 * waits and the citizen is asked. One read has happened; one batch writes.
 */
export async function authorize(x: Exchange): Promise<Response> {
	const authorization = x.authorization as AuthorizationRequest
	const silent = silentAnswer(x, authorization)
	if (silent.possible) return answerSilently(x, authorization)
	if (authorization.prompt.includes('none')) throw silent.because === 'consent' ? consentRequired() : loginRequired()
	if (servableAcrs(authorization.acr_values).length === 0) throw unmetAuthentication()
	const started = x.deps.startSignIn(x.request, authorization)
	await atomically(x.deps.db, started.statements)
	const headers = new Headers(started.headers)
	headers.set('location', started.location)
	headers.set('cache-control', 'no-store')
	return new Response(null, { status: 303, headers })
}

/** Whether the session may speak for the citizen: each condition of the policy in a line. */
function silentAnswer(
	x: Exchange,
	authorization: AuthorizationRequest,
): { possible: boolean; because?: 'login' | 'consent' } {
	const { session, account, grant } = x.found
	const client = set(x.client, 'client')
	const no = (because: 'login' | 'consent') => ({ possible: false, because })
	if (!client.silent || !session || account?.status !== 'active') return no('login')
	if (authorization.prompt.includes('login') || authorization.prompt.includes('select_account')) return no('login')
	if (authorization.max_age !== undefined && x.now - session.authenticatedAt > authorization.max_age * 1_000)
		return no('login')
	// The AS is asked at every sign-in; a silent answer may reuse its last word only while it is young.
	if (x.now - account.snapshotAt > x.deps.silentSnapshotAge) return no('login')
	if (authorization.acr_values.length > 0 && !acrSatisfies(session.acr, authorization.acr_values)) return no('login')
	if (authorization.prompt.includes('consent')) return no('consent')
	const granted = grant?.scope.split(' ') ?? []
	if (!authorization.scope.every((scope) => granted.includes(scope))) return no('consent')
	return { possible: true }
}

async function answerSilently(x: Exchange, authorization: AuthorizationRequest): Promise<Response> {
	const { db, random, issuer } = x.deps
	const session = set(x.found.session, 'session')
	const grant = set(x.found.grant, 'grant')
	const client = set(x.client, 'client')
	const code = newSecret(random)
	const alive = sql`EXISTS (SELECT 1 FROM sessions WHERE secret_hash = ${session.secretHash} AND ended_at IS NULL) AND EXISTS (SELECT 1 FROM grants WHERE id = ${grant.id} AND ended_at IS NULL)`
	const { statements, guard } = consumePushed(db, authorization, code)
	const results = await atomically(db, [
		...statements,
		codeStatement(x.deps, {
			code,
			client,
			authorization,
			accountId: session.accountId,
			grantId: grant.id,
			acr: session.acr,
			amr: session.amr,
			authTime: session.authenticatedAt,
			now: x.now,
			guard: guard ? sql`${alive} AND ${guard}` : alive,
		}),
		...(x.now - session.lastSeenAt > MINUTE ? [touch(db, session.secretHash, x.now)] : []),
	])
	if (results[statements.length]?.length !== 1) throw loginRequired()
	return authorizationRedirect(issuer, authorization, { code })
}

/** The request_uri is spent with the code and not before. The guard says that this code spent it. */
export function consumePushed(db: Db, authorization: AuthorizationRequest, by: string) {
	if (authorization.pushed === undefined) return { statements: [], guard: undefined }
	const { pushedRequests } = schema
	// The code's hash, not the code: what is stored lets nobody act.
	const mark = hashSecret(by)
	return {
		statements: [
			db
				.update(pushedRequests)
				.set({ consumedBy: mark })
				.where(and(eq(pushedRequests.uriHash, authorization.pushed), isNull(pushedRequests.consumedBy)))
				.returning({ uriHash: pushedRequests.uriHash }),
		],
		guard: sql`EXISTS (SELECT 1 FROM pushed_requests WHERE uri_hash = ${authorization.pushed} AND consumed_by = ${mark})`,
	}
}

const touching = new WeakMap<Db, object>()

function touch(db: Db, secretHash: string, now: number) {
	let prepared = touching.get(db)
	if (!prepared) {
		prepared = db
			.update(schema.sessions)
			.set({ lastSeenAt: sql`${sql.placeholder('now')}` })
			.where(eq(schema.sessions.secretHash, sql.placeholder('secretHash')))
			.prepare()
		touching.set(db, prepared)
	}
	return bind(prepared, { now, secretHash })
}
