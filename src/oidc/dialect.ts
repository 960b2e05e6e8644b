import type { Exchange } from './exchange.ts'
import type { TokenResponse } from './wire.ts'

/** The bodies of answers, in the forms of the RFCs; a profile with a dialect has its own. */

/** RFC 6749 §5.1 */
export const tokenBody = (_x: Exchange, response: TokenResponse): object => response

/** RFC 7009 §2.2: the body means nothing, but some clients read JSON. */
export const revokedBody = (_x: Exchange): object => ({})

/** RFC 7662 §2.2 */
export const introspectionBody = (_x: Exchange, body: Readonly<Record<string, unknown>>): object => body
