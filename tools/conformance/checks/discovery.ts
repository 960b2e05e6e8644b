import * as oauth from 'oauth4webapi'
import type { Check } from '../check.ts'
import { expectThat } from '../requests.ts'

export const discovery: Check[] = [
	{
		what: 'discovery is accepted by oauth4webapi and openid-client',
		source: 'OIDC Discovery §4.3',
		async run({ issuer, relyingParty }) {
			const options = { algorithm: 'oidc', [oauth.allowInsecureRequests]: true } as const
			const response = await oauth.discoveryRequest(new URL(issuer), options)
			const metadata = await oauth.processDiscoveryResponse(new URL(issuer), response)
			expectThat(metadata.id_token_signing_alg_values_supported?.includes('RS256'), 'RS256 is missing')
			expectThat(metadata.code_challenge_methods_supported?.join() === 'S256', 'other PKCE methods than S256')
			await relyingParty()
		},
	},
	{
		what: 'OAuth metadata says the same',
		source: 'RFC 8414 §3',
		async run({ issuer }) {
			const [one, other] = await Promise.all(
				['openid-configuration', 'oauth-authorization-server'].map(async (name) =>
					(await fetch(`${issuer}/.well-known/${name}`)).text(),
				),
			)
			expectThat(one === other, 'the documents differ')
		},
	},
	{
		what: 'each key has kid, use and alg; RSA, P-256, P-384 or Ed25519; nothing private',
		source: 'RFC 7517 §4, OIDC Core §10.1',
		async run({ relyingParty }) {
			const { jwks_uri = '', id_token_signing_alg_values_supported = [] } = (await relyingParty()).serverMetadata()
			const { keys } = (await (await fetch(jwks_uri)).json()) as { keys: Record<string, string>[] }
			for (const key of keys) {
				const kind = `${key.kty} ${key.crv ?? ''}`.trim()
				expectThat(['RSA', 'EC P-256', 'EC P-384', 'OKP Ed25519'].includes(kind), `a key of kind ${kind}`)
				expectThat(key.kid && key.use === 'sig' && key.alg, `${kind} lacks kid, use or alg`)
				for (const part of ['d', 'p', 'q', 'dp', 'dq', 'qi', 'k', 'key_ops'])
					expectThat(!(part in key), `${kind} has ${part}`)
				if (key.kty === 'RSA') expectThat((key.n?.length ?? 0) >= 342, 'RSA shorter than 2,048 bits')
			}
			expectThat(new Set(keys.map(({ kid }) => kid)).size === keys.length, 'a kid twice')
			for (const alg of id_token_signing_alg_values_supported)
				expectThat(
					keys.some((key) => key.alg === alg),
					`no key for ${alg}`,
				)
		},
	},
]
