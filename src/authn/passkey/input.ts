import { z } from 'zod'

/**
 * What a procedure takes from the network: WebAuthn's JSON forms, with a limit on every part. Members that we do not
 * read (extension outputs, what a newer browser adds) are dropped, not refused: browsers add them as they like.
 */
const bytes = (max: number) =>
	z
		.string()
		.min(1)
		.max(Math.ceil((max * 4) / 3))
		.regex(/^[A-Za-z0-9_-]+$/)

const credential = {
	id: bytes(1023),
	rawId: bytes(1023),
	type: z.literal('public-key'),
	clientExtensionResults: z.unknown().transform(() => ({})),
}

/** RegistrationResponseJSON, WebAuthn L3 §5.1. */
export const registrationResponse = z.object({
	...credential,
	response: z.object({
		clientDataJSON: bytes(4_096),
		attestationObject: bytes(16_384),
		transports: z.array(z.string().max(32)).max(16).optional(),
	}),
})

/** AuthenticationResponseJSON, WebAuthn L3 §5.1. */
export const authenticationResponse = z.object({
	...credential,
	response: z.object({
		clientDataJSON: bytes(4_096),
		authenticatorData: bytes(4_096),
		signature: bytes(1_024),
		userHandle: bytes(64)
			.nullish()
			.transform((handle) => handle ?? undefined),
	}),
})

export const browserKeyProof = z.object({
	jwk: z.object({ kty: z.literal('EC'), crv: z.literal('P-256'), x: bytes(32), y: bytes(32) }),
	signature: bytes(64),
})
