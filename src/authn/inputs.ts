import { z } from '../lib/rpc.ts'
import type { AuthenticationResponseJSON, BrowserKeyProof } from './passkey/index.ts'

/** The shapes that the ceremonies' procedures take. They check and change nothing (an act's key covers the input). */
const base64url = z.string().regex(/^[\w-]*$/)

export const id = z.string().regex(/^\w+_[\w-]{22}$/)
export const pin = z.string().regex(/^\d{8}$/)

export const assertionResponse = z.custom<AuthenticationResponseJSON>(
	(value) =>
		z
			.looseObject({
				id: base64url.max(1_400),
				rawId: base64url.max(1_400),
				type: z.literal('public-key'),
				response: z.looseObject({
					clientDataJSON: base64url.max(4_096),
					authenticatorData: base64url.max(4_096),
					signature: base64url.max(2_048),
				}),
			})
			.safeParse(value).success,
)

export const browserKey = z.custom<BrowserKeyProof>(
	(value) =>
		z
			.strictObject({
				jwk: z.looseObject({ kty: z.literal('EC'), crv: z.literal('P-256') }),
				signature: base64url.max(128),
			})
			.safeParse(value).success,
)
