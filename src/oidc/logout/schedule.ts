import { HOUR, MINUTE, SECOND } from '../../lib/clock.ts'

/** How long a failed attempt waits for the next, ms: the first entry after the first attempt. */
const PAUSES = [10 * SECOND, MINUTE, 5 * MINUTE, 30 * MINUTE, 2 * HOUR] as const

export const MOST_ATTEMPTS = PAUSES.length + 1

/** What becomes of a delivery. */
export type Settlement =
	| { state: 'delivered' | 'given_up'; nextAt: null }
	/** ms from now */
	| { state: 'waiting'; nextAt: number }

/**
 * OpenID Connect Back-Channel Logout §2.8: 200 is yes, and 204, which some frameworks make of it. 400 is the relying
 * party's own no, which the same token would only bring again; all else may pass.
 * @param outcome an HTTP status, or a word for why there was none
 * @param attempts made so far, this one among them
 */
export function settle(outcome: string, attempts: number): Settlement {
	if (outcome === '200' || outcome === '204') return { state: 'delivered', nextAt: null }
	const pause = PAUSES[attempts - 1]
	if (FINAL.includes(outcome) || pause === undefined) return { state: 'given_up', nextAt: null }
	return { state: 'waiting', nextAt: pause }
}

/** What another attempt would not change. */
const FINAL: readonly string[] = ['400', 'client_suspended', 'no_address', 'url', 'host_not_listed', 'redirect']
