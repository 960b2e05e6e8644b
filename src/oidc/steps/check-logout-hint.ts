import { openIdTokenHint } from '../artifacts/id-token-hint.ts'
import { readClient } from '../client-auth/index.ts'
import { unknownClient, untrustedRequest } from '../errors.ts'
import type { Exchange } from '../exchange.ts'

/**
 * OpenID Connect RP-Initiated Logout §2: who asks for the end of a session. By an id_token of ours that it was given, by
 * its name alone, or not at all: then only the citizen can say so.
 */
export async function checkLogoutHint(x: Exchange): Promise<void> {
	const said = x.params.get('client_id')
	const hint = x.params.get('id_token_hint')
	if (hint !== undefined) {
		x.hint = await openIdTokenHint(x.deps, hint)
		if (!x.hint) throw untrustedRequest('id_token_hint is no ID token of this provider')
		if (said !== undefined && said !== x.hint.audience)
			throw untrustedRequest('id_token_hint was given to another client')
	}
	if (said === undefined && !x.hint) return
	const stored = x.found.client
	if (stored?.status !== 'live') throw unknownClient()
	x.client = readClient(stored)
}
