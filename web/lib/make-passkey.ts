import {
	type PublicKeyCredentialCreationOptionsJSON,
	type RegistrationResponseJSON,
	startRegistration,
} from '@simplewebauthn/browser'
import type { CreationOptions } from './api-types.ts'
import { proveBrowser } from './browser-key.ts'
import { type Answered, attempt } from './passkey.ts'

/** Makes a passkey. Must be called from a person's click. @throws Failure `key_…` */
export async function makePasskey(options: CreationOptions): Promise<Answered<RegistrationResponseJSON>> {
	// Some authenticators can make keys of their own later on (`prf`) only where that was said at the start.
	const optionsJSON = { ...options, extensions: { prf: {} } } as PublicKeyCredentialCreationOptionsJSON
	const response = await attempt(() => startRegistration({ optionsJSON }))
	return { response, browserKey: await proveBrowser(response.response.clientDataJSON) }
}
