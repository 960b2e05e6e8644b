import { and, eq, isNull, sql } from 'drizzle-orm'
import { atomically, schema } from '../../../db/client.ts'
import { readSnapshot } from '../../accounts/index.ts'
import { claimsGiven, codeReused, recordEvent } from '../../audit/index.ts'
import { SECOND } from '../../lib/clock.ts'
import { hashSecret } from '../../lib/crypto.ts'
import { newId, newSecret } from '../../lib/random.ts'
import { claimsFor } from '../artifacts/claims.ts'
import { signIdToken } from '../artifacts/id-token.ts'
import { pairwiseSubject } from '../artifacts/subject.ts'
import { invalidClient, invalidGrant } from '../errors.ts'
import { type Exchange, set } from '../exchange.ts'
import type { TokenResponse } from '../wire.ts'
import { spendCode } from './spend-code.ts'

const { accessTokens } = schema

/**
 * RFC 6749 §4.1.3. Of two requests at once one gets a token. The other is a second use, as is one that comes later:
 * both have proved client, redirect_uri and verifier, so the code was stolen or its owner is confused, and what it gave
 * ends (§4.1.2).
 */
export async function authorizationCodeGrant(x: Exchange): Promise<TokenResponse> {
	const { db, random } = x.deps
	const code = set(x.found.code, 'code')
	const accessToken = newSecret(random)
	const { clientId, accountId, grantId, scope } = code
	const outcome = await spendCode(db, {
		act: newId(random, 'act'),
		codeHash: code.hash,
		tokenHash: hashSecret(accessToken),
		now: x.now,
		tokenExpiresAt: x.now + set(x.profile, 'profile').accessTokenLifetime,
		jkt: null,
		assertion: x.assertion,
		event: claimsGiven({ clientId, accountId, grantId, scope }),
		eventId: newId(random, 'evt'),
	})
	if (outcome === 'assertion_used') throw invalidClient('the assertion was used before', false)
	if (outcome === 'code_gone') {
		await endFamily(x)
		throw invalidGrant('the code was used before, or its grant has ended')
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

/** RFC 6749 §4.1.2: every token that the code gave dies. Written down once, however often the code comes. */
async function endFamily(x: Exchange): Promise<void> {
	const { db } = x.deps
	const { hash, clientId, accountId } = set(x.found.code, 'code')
	const living = sql`EXISTS (SELECT 1 FROM ${accessTokens} WHERE ${accessTokens.codeHash} = ${hash} AND ${accessTokens.endedAt} IS NULL)`
	await atomically(db, [
		recordEvent(db, x.deps, codeReused({ clientId, accountId }), living),
		db
			.update(accessTokens)
			.set({ endedAt: x.now })
			.where(and(eq(accessTokens.codeHash, hash), isNull(accessTokens.endedAt))),
	])
}
