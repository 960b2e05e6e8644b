/**
 * The library, brought in by the first ceremony. With its parsers of certificates it is a third of the code that a start
 * would run, and no start needs it.
 */
export const webauthn = () => import('@simplewebauthn/server')

export const webauthnHelpers = () => import('@simplewebauthn/server/helpers')
