import type { Exchange } from '../exchange.ts'
import { authorizationCodeGrant } from '../grants/authorization-code.ts'

/** RFC 6749 §3.2, §5.1. One grant type so far, so one line; each grant is a file of its own. */
export async function token(x: Exchange): Promise<Response> {
	return Response.json(await authorizationCodeGrant(x), {
		headers: { 'cache-control': 'no-store', pragma: 'no-cache' },
	})
}
