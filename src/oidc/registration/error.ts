/** RFC 7591 §3.2.2. The description names the field and what is wrong with it, and holds no secret. */
export class RegistrationError extends Error {
	override readonly name = 'RegistrationError'
	constructor(
		readonly error: 'invalid_redirect_uri' | 'invalid_client_metadata',
		readonly description: string,
	) {
		super(`${error}: ${description}`)
	}
}

export const invalidMetadata = (description: string) => new RegistrationError('invalid_client_metadata', description)
export const invalidRedirectUri = (description: string) => new RegistrationError('invalid_redirect_uri', description)
