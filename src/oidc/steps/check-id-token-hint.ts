import { decodeJwt } from 'jose'
import { invalidRequest } from '../errors.ts'
import type { Exchange } from '../exchange.ts'

/**
 * OpenID Connect Core §3.1.2.1: whom the relying party means. Nobody else is answered for silently (§3.1.2.2). The
 * signature is not checked: a hint only narrows who may be answered for.
 */
export function checkIdTokenHint(x: Exchange): void {
	const hint = x.params.get('id_token_hint')
	if (hint !== undefined) x.authorization.hinted_subject = subjectOf(hint)
}

function subjectOf(hint: string): string {
	try {
		const { sub } = decodeJwt(hint)
		if (typeof sub === 'string') return sub
	} catch {
		// Falls through: what is no JWT names nobody.
	}
	throw invalidRequest('id_token_hint is no ID token')
}
