/**
 * A relying party with better-auth.
 *
 *     npm install && node agency.mjs
 */
import { createServer } from 'node:http'
import { betterAuth } from 'better-auth'
import { memoryAdapter } from 'better-auth/adapters/memory'
import { toNodeHandler } from 'better-auth/node'
import { genericOAuth } from 'better-auth/plugins'

const { ISSUER = 'http://localhost:8787', CLIENT_ID = 'better-auth-agency', PORT = '8788' } = process.env
const baseURL = process.env.BASE_URL ?? `http://localhost:${PORT}`

const auth = betterAuth({
	baseURL,
	secret: process.env.SESSION_KEY,
	// A real agency gives its own database here.
	database: memoryAdapter({ user: [], session: [], account: [], verification: [] }),
	// `input: false` would also drop what the provider says, so the number is an ordinary field, and the page by which
	// people change their own fields is closed: nobody may write a citizen number but the provider.
	user: { additionalFields: { pid: { type: 'string', required: false } } },
	disabledPaths: ['/update-user'],
	plugins: [
		genericOAuth({
			config: [
				{
					providerId: 'dopa',
					discoveryUrl: `${ISSUER}/.well-known/openid-configuration`,
					clientId: CLIENT_ID,
					clientSecret: process.env.CLIENT_SECRET,
					authentication: 'basic',
					scopes: ['openid', 'pid', 'name'],
					pkce: true,
					// Names change, and the registry knows.
					overrideUserInfo: true,
					// better-auth wants an e-mail address of everybody, and a national ID has none: one that can never be.
					mapProfileToUser: ({ sub, name, pid }) => ({ name, pid, email: `${sub.toLowerCase()}@citizen.invalid` }),
				},
			],
		}),
	],
})

createServer(toNodeHandler(auth)).listen(Number(PORT), '127.0.0.1')
