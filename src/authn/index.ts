/**
 * How a citizen shows who they are, once the digital ID stands: something they have and something they know.
 *
 * `passkey/` checks what the device signs; `pin/` checks the eight digits, and only after the passkey was right.
 * `qr/` is the sign-in itself, in four acts: an authorization request waits in one browser, the phone inspects it, the
 * citizen decides, the waiting browser collects. `session/` is what stays open afterwards, in one browser.
 *
 * `card.ts` is the card for its holder, `card-check.ts` for somebody to whom the holder shows it.
 *
 * Beside them lie the tools that every ceremony shares: `challenges.ts` (made for one browser, answered once),
 * `acts.ts` (an act whose answer was lost is answered again, not done again), `throttle.ts` (what can be guessed or
 * flooded is counted in the database), `wake.ts` (whoever watches a row hears of a change at once).
 */
export {
	type ActCookie,
	actId,
	actSecret,
	createActMemory,
	type DoneAct,
	rememberAct,
	setActCookie,
	sweepActs,
} from './acts.ts'
export { browserOf } from './browser.ts'
export {
	type Challenge,
	type ChallengePurpose,
	challengeSpent,
	spendChallenge,
	storeChallenge,
	sweepChallenges,
} from './challenges.ts'
export { createCheckRouter } from './check-router.ts'
export { rememberDevice } from './device.ts'
export { noticeExpiry } from './expiry-notices.ts'
export { createLostRouter } from './lost.ts'
export { createMeRouter } from './me-router.ts'
export type { AuthnDeps, Peer, SignInLimits } from './needs.ts'
export * from './passkey/index.ts'
export * from './pin/index.ts'
export { countPush, currentFrame, readForBrowser, startSignIn, waitingState, watch } from './qr/index.ts'
export { findCitizen, sessionHashOf } from './session/index.ts'
export { createSignInRouter } from './sign-in-router.ts'
export {
	type Attempt as ThrottledAttempt,
	type ChallengeNeeds,
	checkAttempt,
	countAttempt,
	countChallenge,
	sweepThrottles,
} from './throttle.ts'
export { createWake, type Wake } from './wake.ts'
