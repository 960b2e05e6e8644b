import { verifyProof } from '../artifacts/dpop.ts'
import { invalidBoundToken, invalidDpopProof } from '../errors.ts'
import { type Exchange, set } from '../exchange.ts'
import { profileOf } from '../profiles/index.ts'

/**
 * RFC 9449 §7.1: a token that is bound to a key comes by the scheme DPoP with a proof of that key over this request and
 * this token. §7.2: as a bearer token it counts for nothing, nor does a bearer token by the scheme DPoP.
 */
export async function checkTokenBinding(x: Exchange): Promise<void> {
	const { scheme, token } = set(x.presented, 'presented')
	const { jkt } = set(x.found.token, 'token')
	if (jkt === null && scheme === 'Bearer') return
	if (jkt === null) throw invalidBoundToken('a bearer token by the scheme DPoP')
	if (scheme === 'Bearer') throw invalidBoundToken('a bound token as a bearer token')
	const proof = x.request.headers.get('dpop')
	if (proof === null) throw invalidDpopProof('a proof is needed', x)
	x.dpop = await verifyProof(x, profileOf(set(x.found.client, 'client')), proof, token)
	if (x.dpop.jkt !== jkt) throw invalidBoundToken('bound to another key')
}
