import {
	type AuthenticationResponseJSON,
	authenticationResponse,
	type BrowserKeyProof,
	browserKeyProof,
	type RegistrationResponseJSON,
	registrationResponse,
} from '../authn/index.ts'
import { z } from '../lib/rpc.ts'

/**
 * The shapes that the procedures take. They check and change nothing: an act's key covers the input as it was sent
 * (`rememberAct`).
 */
const fits = (schema: z.ZodType) => (value: unknown) => schema.safeParse(value).success

export const registration = z.custom<RegistrationResponseJSON>(fits(registrationResponse))
export const assertion = z.custom<AuthenticationResponseJSON>(fits(authenticationResponse))
export const browserKey = z.custom<BrowserKeyProof>(fits(browserKeyProof))

/** A link's secret: 256 bits in base64url. */
export const token = z.string().regex(/^[\w-]{43}$/)
export const caseId = z.string().regex(/^enr_[\w-]{22}$/)
export const lostCaseId = z.string().regex(/^los_[\w-]{22}$/)
/** As typed; the rules of `lib/pin-rules.ts` say what is wrong with it. */
export const pin = z.string().max(64)
export const nothing = z.strictObject({}).optional()
