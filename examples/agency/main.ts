/** Starts the sample agency; the README lists the settings. */
import { createAgency } from './agency.ts'
import { demoCredentials } from './demo-credentials.ts'

const { env } = process
const byKey = env.CLIENT_AUTH === 'private_key_jwt'
const port = Number(env.PORT ?? 8788)
const baseUrl = env.BASE_URL ?? `http://localhost:${port}`
const agency = createAgency({
	issuer: env.ISSUER ?? 'http://localhost:8787',
	baseUrl,
	clientAuth: env.CLIENT_AUTH,
	clientId: env.CLIENT_ID ?? (byKey ? 'sample-agency-jwt' : 'sample-agency'),
	clientSecret: env.CLIENT_SECRET ?? demoCredentials.clientSecret,
	privateJwk: env.CLIENT_JWK ? JSON.parse(env.CLIENT_JWK) : demoCredentials.privateJwk,
	idTokenAlg: env.ID_TOKEN_ALG ?? (byKey ? 'ES256' : 'RS256'),
	pushRequests: env.PUSH_REQUESTS === '1',
})
Bun.serve({ port, hostname: env.HOST ?? 'localhost', fetch: agency.fetch })
console.log(`Sample agency: ${baseUrl}`)
