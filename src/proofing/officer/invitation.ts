import { DAY } from '../../lib/clock.ts'
import { hashSecret } from '../../lib/crypto.ts'
import { newSecret, type Random } from '../../lib/random.ts'

/** A working day and the night before it. */
export const INVITATION_LIFE = DAY

export interface NewInvitation {
	/** For one person, once: `https://…/office/join#token`. */
	link: string
	/** For `officer_invitations`. It holds the token's hash only, so no key is needed to make one. */
	row: {
		tokenHash: string
		officeCode: string
		role: 'officer' | 'registrar'
		createdAt: number
		expiresAt: number
	}
}

/** @throws Error where the office's code is not four digits; whether the office exists is not checked here */
export function newInvitation(
	random: Random,
	wanted: { officeCode: string; role: 'officer' | 'registrar'; issuer: string; now: number },
): NewInvitation {
	const { officeCode, role, issuer, now } = wanted
	if (!/^\d{4}$/.test(officeCode)) throw new Error('an office has a code of four digits')
	const token = newSecret(random)
	return {
		link: `${issuer}/office/join#${token}`,
		row: { tokenHash: hashSecret(token), officeCode, role, createdAt: now, expiresAt: now + INVITATION_LIFE },
	}
}
