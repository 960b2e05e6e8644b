/**
 * A relying party with Auth.js (also known as NextAuth). Under Next.js, SvelteKit or Express the same provider goes into
 * that framework's configuration.
 *
 *     npm install && node agency.mjs
 */
import { createServer } from 'node:http'
import { Auth } from '@auth/core'

const { ISSUER = 'http://localhost:8787', CLIENT_ID = 'auth-js-agency', PORT = '8788' } = process.env
const baseUrl = process.env.BASE_URL ?? `http://localhost:${PORT}`

const config = {
	basePath: '/auth',
	secret: process.env.SESSION_KEY,
	trustHost: true,
	providers: [
		{
			id: 'dopa',
			name: 'DOPA Digital ID',
			type: 'oidc',
			issuer: ISSUER,
			clientId: CLIENT_ID,
			clientSecret: process.env.CLIENT_SECRET,
			checks: ['pkce', 'state', 'nonce'],
			authorization: { params: { scope: 'openid pid name' } },
			// Of a national ID there is no e-mail address and no picture.
			profile: ({ sub, name, pid }) => ({ id: sub, name, pid }),
		},
	],
	callbacks: {
		jwt: ({ token, profile }) => (profile ? { ...token, pid: profile.pid } : token),
		session: ({ session, token }) => ({ ...session, user: { ...session.user, pid: token.pid } }),
	},
}

/** Node's server speaks streams; frameworks hand over a Request by themselves. */
createServer(async (incoming, outgoing) => {
	const chunks = []
	for await (const chunk of incoming) chunks.push(chunk)
	const body = chunks.length > 0 ? Buffer.concat(chunks) : undefined
	const { method, headers } = incoming
	const response = await Auth(new Request(new URL(incoming.url, baseUrl), { method, headers, body }), config)
	outgoing.writeHead(response.status, [...response.headers].flat())
	outgoing.end(Buffer.from(await response.arrayBuffer()))
}).listen(Number(PORT), '127.0.0.1')
