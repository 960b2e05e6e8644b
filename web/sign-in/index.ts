/**
 * Signing in to an agency: the screen that waits and the phone that confirms.
 *
 * The waiting page (`/sign-in/:id`) shows who asks. Where this browser is itself enrolled, it goes straight to the
 * consent; otherwise it shows a QR that changes each second, and after the scan a two-digit number to be found on the
 * phone. The phone's page (`/q`) takes the scanned frame out of its address, has it looked at by the server, and shows
 * the consent: who, what for, each datum with its value, and which screen started it. The PIN is typed, the passkey
 * answers, and the waiting page goes on by itself.
 *
 * Both pages are one small entry without a router. `PhoneFlow` and `Unlock` are used by the citizen's app too.
 */

export { PhoneFlow } from './PhoneFlow.tsx'
export { PinTryInput } from './PinTryInput.tsx'
export { createPinTry } from './pin-try.ts'
export { UnknownDevice } from './UnknownDevice.tsx'
export { Unlock } from './Unlock.tsx'
