import { tokenBody } from '../dialect.ts'
import type { Exchange } from '../exchange.ts'
import { authorizationCodeGrant } from '../grants/authorization-code.ts'
import { refreshTokenGrant } from '../grants/refresh-token.ts'

/** RFC 6749 §3.2, §5.1. Each grant is a file of its own. */
export async function token(x: Exchange): Promise<Response> {
	const grant = x.params.get('grant_type') === 'refresh_token' ? refreshTokenGrant : authorizationCodeGrant
	return Response.json(tokenBody(x, await grant(x)), {
		headers: { 'cache-control': 'no-store', pragma: 'no-cache' },
	})
}
