/**
 * ThaID's paths (manual 1.0), for relying parties that change the host and nothing else. They lead to the same
 * endpoints: what is served there is the client's profile to say. With and without the slash, since those relying
 * parties are configured either way, and a POST that is redirected loses its body.
 */
const THAID: Readonly<Record<string, string>> = {
	'/oauth/authorize': '/api/v2/oauth2/auth',
	'/oauth/token': '/api/v2/oauth2/token',
	'/oauth/introspect': '/api/v2/oauth2/introspect',
	'/oauth/revoke': '/api/v2/oauth2/revoke',
	'/oauth/userinfo': '/api/v2/oauth2/userinfo',
	'/.well-known/jwks.json': '/jwks',
}

/** The other names of one of our paths. */
export function aliasesOf(path: string): string[] {
	const alias = THAID[path]
	return alias === undefined ? [] : [alias, `${alias}/`]
}
