import type { Page } from 'playwright-core'
import { challenge } from './people.ts'

/** Puts a passkey for this origin into the window's authenticator, as an enrolment would. */
export async function plantPasskey(page: Page): Promise<void> {
	await page.evaluate(async (text) => {
		const bytes = Uint8Array.from(text, (letter) => letter.charCodeAt(0))
		await navigator.credentials.create({
			publicKey: {
				challenge: bytes,
				rp: { id: 'localhost', name: 'DOPA Digital ID' },
				user: { id: bytes, name: 'D.DOPA', displayName: 'D.DOPA' },
				pubKeyCredParams: [{ type: 'public-key', alg: -7 }],
				authenticatorSelection: { userVerification: 'required', residentKey: 'required' },
			},
		})
	}, challenge())
}
