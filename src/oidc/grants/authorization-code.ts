import { and, eq, gt, isNull, type SQL, sql } from 'drizzle-orm'
import { atomically, type Db, type Statement, schema } from '../../../db/client.ts'
import { bind } from '../../../db/prepared.ts'
import { readSnapshot } from '../../accounts/index.ts'
import { codeReused, recordEvent } from '../../audit/index.ts'
import { SECOND } from '../../lib/clock.ts'
import { hashSecret } from '../../lib/crypto.ts'
import { newId, newSecret } from '../../lib/random.ts'
import { claimsFor } from '../artifacts/claims.ts'
import { signIdToken } from '../artifacts/id-token.ts'
import { pairwiseSubject } from '../artifacts/subject.ts'
import { consumeAssertion } from '../client-auth/index.ts'
import { invalidClient, invalidGrant } from '../errors.ts'
import { type Exchange, set } from '../exchange.ts'
import type { TokenResponse } from '../wire.ts'

const { accessTokens, codes, grants } = schema

/**
 * RFC 6749 §4.1.3. The code is spent and the access token stored in one batch; the token's row repeats the code's
 * guard, so of two requests at once one gets a token. The other is a second use: it ends what the first one got.
 */
export async function authorizationCodeGrant(x: Exchange): Promise<TokenResponse> {
	const { db, random } = x.deps
	const code = set(x.found.code, 'code')
	const profile = set(x.profile, 'profile')
	const accessToken = newSecret(random)
	const act = newId(random, 'act')
	const jti = consumeAssertion(db, x.assertion, act)
	const written = await atomically(db, [
		...jti.statements,
		...spendStatements(db, {
			act,
			code,
			tokenHash: hashSecret(accessToken),
			now: x.now,
			tokenExpiresAt: x.now + profile.accessTokenLifetime,
			jtiGuard: jti.guard,
		}),
	])
	if (jti.guard && written[0]?.length !== 1) throw invalidClient('the assertion was used before', false)
	if (written[jti.statements.length]?.length !== 1) {
		await endFamily(x)
		throw invalidGrant('code used a second time')
	}
	return answer(x, accessToken)
}

async function answer(x: Exchange, accessToken: string): Promise<TokenResponse> {
	const { vault, issuer, keys } = x.deps
	const code = set(x.found.code, 'code')
	const client = set(x.client, 'client')
	const account = set(x.found.account, 'account')
	const scope = code.scope.split(' ')
	const response: TokenResponse = {
		access_token: accessToken,
		token_type: 'Bearer',
		expires_in: set(x.profile, 'profile').accessTokenLifetime / SECOND,
		scope: code.scope,
	}
	if (!scope.includes('openid')) return response
	response.id_token = await signIdToken(await keys.signingKey(client.idTokenAlg), {
		issuer,
		audience: client.id,
		subject: pairwiseSubject(vault, client.sector, account.pidIndex),
		now: x.now,
		authTime: code.authTime,
		nonce: code.nonce,
		acr: code.acr,
		amr: JSON.parse(code.amr) as string[],
		accessToken,
		claims: claimsFor(scope, readSnapshot(vault, account), client),
	})
	return response
}

/** RFC 6749 §4.1.2: a code that comes twice may be stolen, so every token that it gave dies. */
export async function endFamily(x: Exchange): Promise<void> {
	const { db } = x.deps
	const code = set(x.found.code, 'code')
	await atomically(db, [
		db
			.update(accessTokens)
			.set({ endedAt: x.now })
			.where(and(eq(accessTokens.codeHash, code.hash), isNull(accessTokens.endedAt))),
		recordEvent(db, x.deps, codeReused({ clientId: code.clientId, accountId: code.accountId })),
	])
}

interface Spending {
	act: string
	code: typeof codes.$inferSelect
	tokenHash: string
	now: number
	tokenExpiresAt: number
	jtiGuard: SQL | undefined
}

function spendStatements(db: Db, s: Spending): Statement[] {
	// With a client assertion the guard differs each time; without, both texts are prepared once.
	if (s.jtiGuard) return [spendCode(db, s), storeToken(db, s)].map((query) => query as Statement)
	const prepared = preparedFor(db)
	const values = {
		act: s.act,
		hash: s.code.hash,
		now: s.now,
		tokenHash: s.tokenHash,
		tokenExpiresAt: s.tokenExpiresAt,
	}
	return [bind(prepared.spend, values), bind(prepared.store, values)]
}

function spendCode(db: Db, s: Spending) {
	return db
		.update(codes)
		.set({ consumedBy: s.act })
		.where(
			and(eq(codes.hash, s.code.hash), isNull(codes.consumedBy), gt(codes.expiresAt, s.now), grantAlive, s.jtiGuard),
		)
		.returning({ hash: codes.hash })
}

/** A grant that ended between code and token (a new device, a withdrawn consent) gives nothing any more. */
const grantAlive = sql`EXISTS (SELECT 1 FROM ${grants} WHERE ${grants.id} = ${codes.grantId} AND ${grants.endedAt} IS NULL)`

function storeToken(db: Db, s: Pick<Spending, 'act' | 'tokenHash' | 'tokenExpiresAt'> & { code: { hash: string } }) {
	return db.insert(accessTokens).select(tokenFromCode(s.tokenHash, s.tokenExpiresAt, s.code.hash, s.act))
}

const tokenFromCode = (tokenHash: unknown, expiresAt: unknown, codeHash: unknown, act: unknown) =>
	sql`SELECT ${tokenHash}, client_id, account_id, grant_id, hash, scope, ${expiresAt}, NULL FROM ${codes} WHERE ${codes.hash} = ${codeHash} AND ${codes.consumedBy} = ${act}`

const preparedStatements = new WeakMap<Db, { spend: object; store: object }>()

function preparedFor(db: Db): { spend: object; store: object } {
	let prepared = preparedStatements.get(db)
	if (!prepared) {
		const value = sql.placeholder
		prepared = {
			spend: db
				.update(codes)
				.set({ consumedBy: sql`${value('act')}` })
				.where(
					and(eq(codes.hash, value('hash')), isNull(codes.consumedBy), gt(codes.expiresAt, value('now')), grantAlive),
				)
				.returning({ hash: codes.hash })
				.prepare(),
			store: db
				.insert(accessTokens)
				.select(tokenFromCode(value('tokenHash'), value('tokenExpiresAt'), value('hash'), value('act')))
				.prepare(),
		}
		preparedStatements.set(db, prepared)
	}
	return prepared
}
