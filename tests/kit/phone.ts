import type {
	AuthenticationResponseJSON,
	BrowserKeyProof,
	PublicKeyCredentialCreationOptionsJSON,
	PublicKeyCredentialRequestOptionsJSON,
	RegistrationResponseJSON,
} from '../../src/authn/passkey/index.ts'
import type { Random } from '../../src/lib/random.ts'

/** What a hostile test may turn. Everything left out is as an honest phone does it. */
export interface PhoneKnobs {
	userVerified?: boolean
	userPresent?: boolean
	wrongOrigin?: string
	crossOrigin?: unknown
	topOrigin?: string
	wrongChallenge?: string
	wrongType?: string
	wrongRpId?: string
	bogusSignature?: boolean
	flipBackupEligible?: boolean
	backedUpWithoutEligible?: boolean
	signCount?: number
	/** The id that the response claims. */
	otherCredential?: string
	algorithm?: number
	/** null leaves it out. */
	userHandle?: string | null
}

export interface PhoneOptions {
	rpId: string
	origin: string
	backupEligible?: boolean
	discoverable?: boolean
	algorithm?: -7 | -8 | -257
	random?: Random
}

export interface Phone {
	/** The credential made last, base64url. */
	readonly credentialId: string | null
	create(options: PublicKeyCredentialCreationOptionsJSON, knobs?: PhoneKnobs): Promise<RegistrationResponseJSON>
	get(options: PublicKeyCredentialRequestOptionsJSON, knobs?: PhoneKnobs): Promise<AuthenticationResponseJSON>
	browserKeyProof(response: { response: { clientDataJSON: string } }): Promise<BrowserKeyProof>
	/** The other phone gets the passkeys, as a cloud account copies them; never the browser's own key. */
	copyTo(other: Phone): void
}

export async function createPhone(options: PhoneOptions): Promise<Phone> {
	throw new Error(`not yet written: ${options.rpId}`)
}
