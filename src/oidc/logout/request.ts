import { MINUTE } from '../../lib/clock.ts'
import type { Place, Vault } from '../../lib/vault.ts'

/** A wish to sign out, after every check: what is needed to act on it, here or when the browser comes back. */
export interface LogoutRequest {
	/** Who asks; null: nobody that we know. */
	clientId: string | null
	/** The session as that relying party calls it, proved by an id_token. */
	sid: string | null
	/** Registered for that client. */
	redirectUri: string | null
	state: string | null
	uiLocales: string | null
}

interface Sealed extends LogoutRequest {
	/** The session that the page asked about; null before a page has asked. */
	sessionHash: string | null
	/** ms */
	until: number
}

const PLACE: Place = ['end_session', 'request', 'json']
/** For reading a page and pressing a button. */
const SEALED_FOR = 10 * MINUTE

interface Deps {
	vault: Vault
	clock: { now(): number }
}

/** The request for a form of ours, or an address: nobody can make one up, or use one for another browser's session. */
export function sealLogout({ vault, clock }: Deps, request: LogoutRequest, sessionHash: string | null): string {
	const { clientId, sid, redirectUri, state, uiLocales } = request
	const sealed: Sealed = { clientId, sid, redirectUri, state, uiLocales, sessionHash, until: clock.now() + SEALED_FOR }
	return vault.seal(PLACE, JSON.stringify(sealed))
}

/** @returns null where we have not sealed it, or its time is over */
export function openLogout({ vault, clock }: Deps, text: string): Sealed | null {
	try {
		const sealed = JSON.parse(vault.open(PLACE, text)) as Sealed
		return clock.now() < sealed.until ? sealed : null
	} catch {
		return null
	}
}
