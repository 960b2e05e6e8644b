import { readSnapshot } from '../../accounts/index.ts'
import { claimsFor } from '../artifacts/claims.ts'
import { pairwiseSubject } from '../artifacts/subject.ts'
import { type Exchange, set } from '../exchange.ts'
import { oneTimeBatch, runOnce } from '../one-time.ts'

/** OpenID Connect Core §5.3.2: `sub` and the claims of the token's scopes. One read; no write but for a DPoP proof. */
export async function userinfo(x: Exchange): Promise<Response> {
	// The one thing that is written: a proof that was used. Who brings none writes nothing.
	if (x.dpop) await runOnce(x, proofAlone, {})
	const token = set(x.found.token, 'token')
	const account = set(x.found.account, 'account')
	const client = set(x.found.client, 'client')
	return Response.json(
		{
			sub: pairwiseSubject(x.deps.vault, client.sector, account.pidIndex),
			...claimsFor(token.scope.split(' '), readSnapshot(x.deps.vault, account), client),
		},
		{ headers: { 'cache-control': 'no-store' } },
	)
}

const proofAlone = oneTimeBatch(() => [])
