import { dpopAlgsOf, verifyProof } from '../artifacts/dpop.ts'
import { invalidDpopProof } from '../errors.ts'
import { type Exchange, set } from '../exchange.ts'

/**
 * RFC 9449 §5, §10.1: a proof is honoured where it comes, and has to come to the token endpoint where tokens of the
 * client are bound to a key. A profile that takes no algorithm of it does not know the header, as RFC 6749 §3.1 wants
 * what is unknown.
 */
export async function checkDpop(x: Exchange): Promise<void> {
	const profile = set(x.profile, 'profile')
	const proof = x.request.headers.get('dpop')
	if (proof !== null && dpopAlgsOf(profile).length > 0) {
		x.dpop = await verifyProof(x, profile, proof)
		return
	}
	if (x.endpoint === 'token' && (profile.senderConstrained || set(x.client, 'client').dpopBound))
		throw invalidDpopProof('a proof is needed', x)
}
