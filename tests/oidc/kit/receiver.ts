import { createLocalJWKSet, type JSONWebKeySet, type JWTPayload, jwtVerify } from 'jose'

/** A relying party's back-channel receiver, on a real port: it checks what a receiver has to check. */
export interface Receiver {
	uri: string
	host: string
	/** Every request that came, verified or not. */
	requests: { contentType: string | null; claims: JWTPayload; typ: unknown; alg: string }[]
	/** What it answers from now on. */
	answers(how: number | (() => Promise<Response> | Response)): void
	/** Nobody is at home, at the same port. */
	down(): Promise<void>
	up(): void
	stop(): Promise<void>
}

export interface Checks {
	jwks(): Promise<JSONWebKeySet>
	issuer: string
	/** ms */
	now(): number
}

/** @param checks known only once the provider stands, so it is asked for at each request */
export function openReceiver(checks: () => Checks): Receiver {
	let answer: () => Promise<Response> | Response = () => new Response()
	const requests: Receiver['requests'] = []
	const serve = (port: number) =>
		Bun.serve({
			hostname: '127.0.0.1',
			port,
			async fetch(request) {
				const form = new URLSearchParams(await request.text())
				const { jwks, issuer, now } = checks()
				// OpenID Connect Back-Channel Logout §2.6
				const { payload, protectedHeader } = await jwtVerify(
					form.get('logout_token') ?? '',
					createLocalJWKSet(await jwks()),
					{
						issuer,
						typ: 'logout+jwt',
						currentDate: new Date(now()),
						requiredClaims: ['aud', 'iat', 'exp', 'jti', 'events'],
					},
				)
				requests.push({
					contentType: request.headers.get('content-type'),
					claims: payload,
					typ: protectedHeader.typ,
					alg: protectedHeader.alg,
				})
				return answer()
			},
			error: () => new Response(null, { status: 400 }),
		})
	let server = serve(0)
	const { port = 0 } = server
	return {
		uri: `http://127.0.0.1:${port}/backchannel?rp=1`,
		host: `127.0.0.1:${port}`,
		requests,
		answers(how) {
			answer = typeof how === 'number' ? () => new Response(null, { status: how }) : how
		},
		down: () => server.stop(true),
		up() {
			server = serve(port)
		},
		stop: () => server.stop(true),
	}
}
