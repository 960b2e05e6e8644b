import { utf8 } from '../../../src/lib/bytes.ts'
import { openKey, signJwt } from '../../../src/oidc/artifacts/sign-jwt.ts'

/** Signs what it is sent, by the product's own function: for workerd. */
export default {
	async fetch(request: Request): Promise<Response> {
		const { alg, kid, jwk, payloads } = (await request.json()) as {
			alg: Parameters<typeof openKey>[0]['alg']
			kid: string
			jwk: JsonWebKey
			payloads: string[]
		}
		const key = await openKey({ alg, kid, jwk })
		return Response.json(await Promise.all(payloads.map((payload) => signJwt(key, { typ: 'JWT' }, utf8(payload)))))
	},
}
