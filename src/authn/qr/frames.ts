import { base64url } from '../../lib/bytes.ts'
import { equalInConstantTime } from '../../lib/crypto.ts'
import type { Vault } from '../../lib/vault.ts'

/**
 * The pictures of one QR. Each second another frame, with an HMAC over the sign-in and its time, so that a photograph
 * of the screen is worthless a few seconds later. What this does not stop: somebody who shows the live picture on.
 */
export interface Frame {
	signInId: string
	/** Whole seconds since 1970. */
	second: number
}

const MAC_BYTES = 16

const macOf = (vault: Vault, { signInId, second }: Frame): string =>
	base64url(vault.mac('qr', `${signInId}.${second}`).subarray(0, MAC_BYTES))

/** `id.second.mac`, for the fragment of the phone's link: a fragment reaches no server, no log and no preview. */
export function writeFrame(vault: Vault, frame: Frame): string {
	return `${frame.signInId}.${frame.second.toString(36)}.${macOf(vault, frame)}`
}

/** @returns null where it is none of ours. Its age is the caller's to judge. */
export function readFrame(vault: Vault, text: string): Frame | null {
	const [signInId, time, mac, ...rest] = text.split('.')
	if (!signInId || !time || !mac || rest.length > 0 || !/^[0-9a-z]{1,9}$/.test(time)) return null
	const frame = { signInId, second: Number.parseInt(time, 36) }
	return equalInConstantTime(mac, macOf(vault, frame)) ? frame : null
}
