/**
 * The 8-digit PIN: what a citizen knows. The server checks it, and only after a valid assertion of the citizen's own
 * passkey, so that nobody can guess or lock out without the device.
 *
 * An attempt has three acts. `reserveAttempt` takes the right to evaluate one, by a single guarded UPDATE that counts it
 * as an error before anything is hashed: sixty-four guesses at once are as many attempts as one after the other.
 * `pinMatches` then hashes. `settleRight` or `settleWrong` writes the outcome, once, and `settled` is the guard for what
 * else depends on it. `pinState` reads a row: how many tries are left, how long to wait, or disabled by the tenth error.
 * What dies between reserve and settle stays an error. What is stored is HMAC(pepper, PBKDF2(PIN)).
 */
export { reserveAttempt, settled, settleRight, settleWrong } from './attempts.ts'
export { derivePin, ITERATIONS, pinIsStale, pinMatches } from './derive.ts'
export { MOST_ERRORS, pinState, WAITS } from './schedule.ts'
export type { Attempt, PinRecord, PinRow, PinState, PinStatement, Stretch } from './types.ts'
