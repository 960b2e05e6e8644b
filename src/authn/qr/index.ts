/**
 * Signing in across devices, in four acts: request · inspect · decide · collect. The same acts serve one device.
 *
 * request   an authorization request waits; its browser holds a cookie, the QR holds the id and a frame's HMAC
 * inspect   a phone scans: the first one owns it, a second one ends it; it is shown who asks for what, from where
 * decide    the citizen picks the number, types the PIN, the passkey answers; or declines
 * collect   the waiting browser, and no other, takes the answer to the relying party, once
 *
 * The QR can be relayed by whoever shows it to somebody else. Frames, one scan and the number make that harder, not
 * impossible; hence an `acr` of its own, a notice each time, and no use for anything but signing in.
 */
export { type Collected, cancel, collect } from './collect.ts'
export { type Confirmation, confirm, type Decision, decline } from './decide.ts'
export { clientName, type Inspection, inspect } from './inspect.ts'
export { readForBrowser } from './reads.ts'
export { countPush, showQr, startSignIn } from './request.ts'
export { readRequest } from './stored.ts'
export { currentFrame, type WaitingState, type WatchEvent, waitingState, watch } from './watch.ts'
