/** Starts the sample agency; the README lists the settings. */
import { type AgencyOptions, createAgency } from './agency.ts'
import { demoCredentials } from './demo-credentials.ts'

const { env } = process
const byKey = { clientAuth: 'private_key_jwt', idTokenAlg: 'ES256' }

/** What the sample agency is registered with, by the profile's name. */
const PROFILES: Record<string, Partial<AgencyOptions> & { clientId: string }> = {
	oidc:
		env.CLIENT_AUTH === byKey.clientAuth ? { ...byKey, clientId: 'sample-agency-jwt' } : { clientId: 'sample-agency' },
	fapi2: { ...byKey, clientId: 'sample-agency-fapi2', pushRequests: true, bindTokens: true },
	'thaid-v2': { clientId: 'sample-agency-thaid', clientSecret: demoCredentials.thaidSecret, idTokenAlg: 'ES256' },
}
const profile = PROFILES[env.PROFILE ?? 'oidc']
if (!profile) throw new Error(`PROFILE is one of ${Object.keys(PROFILES).join(', ')}`)

const port = Number(env.PORT ?? 8788)
const baseUrl = env.BASE_URL ?? `http://localhost:${port}`
const agency = createAgency({
	issuer: env.ISSUER ?? 'http://localhost:8787',
	baseUrl,
	clientAuth: env.CLIENT_AUTH ?? profile.clientAuth,
	clientId: env.CLIENT_ID ?? profile.clientId,
	clientSecret: env.CLIENT_SECRET ?? profile.clientSecret ?? demoCredentials.clientSecret,
	privateJwk: env.CLIENT_JWK ? JSON.parse(env.CLIENT_JWK) : demoCredentials.privateJwk,
	idTokenAlg: env.ID_TOKEN_ALG ?? profile.idTokenAlg,
	pushRequests: profile.pushRequests ?? env.PUSH_REQUESTS === '1',
	bindTokens: profile.bindTokens ?? env.BIND_TOKENS === '1',
})
Bun.serve({ port, hostname: env.HOST ?? 'localhost', fetch: agency.fetch })
console.log(`Sample agency: ${baseUrl}`)
