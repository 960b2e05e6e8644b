/**
 * The library, brought in by the first ceremony. With its parsers of certificates it is a third of the code that a start
 * would run, and no start needs it.
 */
export async function webauthn() {
	await reflection()
	return import('@simplewebauthn/server')
}

export async function webauthnHelpers() {
	await reflection()
	return import('@simplewebauthn/server/helpers')
}

/** Its parsers want this to be there before they are loaded. In a bundle the order of their own imports gets lost. */
const reflection = () => import('reflect-metadata')
