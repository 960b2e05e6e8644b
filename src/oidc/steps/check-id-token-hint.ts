import { openIdTokenHint } from '../artifacts/id-token-hint.ts'
import { invalidRequest } from '../errors.ts'
import { type Exchange, set } from '../exchange.ts'

/**
 * OpenID Connect Core §3.1.2.1: whom the relying party means, by an ID token that it had from us. Nobody else is answered
 * for: not silently (§3.1.2.2), and not where somebody else confirms (`authn`).
 */
export async function checkIdTokenHint(x: Exchange): Promise<void> {
	const text = x.params.get('id_token_hint')
	if (text === undefined) return
	const hint = await openIdTokenHint(x.deps, text)
	if (hint === null || hint.audience !== set(x.client, 'client').id)
		throw invalidRequest('id_token_hint is no ID token of ours for this client')
	meanSubject(x, hint.subject)
}

/** @throws ProtocolError invalid_request where two citizens are meant at once */
export function meanSubject(x: Exchange, subject: string): void {
	const { hinted_subject } = x.authorization
	if (hinted_subject !== undefined && hinted_subject !== subject)
		throw invalidRequest('id_token_hint and claims mean two citizens')
	x.authorization.hinted_subject = subject
}
