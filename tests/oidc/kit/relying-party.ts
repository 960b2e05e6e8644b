import { exportJWK, generateKeyPair, type JWK } from 'jose'
import { schema } from '../../../db/client.ts'
import { hashSecret } from '../../../src/lib/crypto.ts'
import { newSecret, systemRandom } from '../../../src/lib/random.ts'
import type { Parts } from './provider.ts'

type Row = typeof schema.clients.$inferInsert

/** A relying party as it knows itself. */
export interface Rp {
	id: string
	redirectUri: string
	authMethod: Row['authMethod']
	secret: string
	/** Its private keys, for `private_key_jwt`. */
	keys: RpKey[]
}

export interface RpKey {
	kid: string
	alg: string
	privateKey: CryptoKey
	publicJwk: JWK
}

export const ALL_SCOPES =
	'openid pid name name_en birthdate address given_name middle_name family_name given_name_en middle_name_en family_name_en gender'
export const LATER_SCOPES = 'title title_en ial smartcard_code date_of_issuance date_of_expiry house_address profile'

let count = 0

/** Registers a relying party, one that may do everything but for what is said. */
export async function register(provider: Parts, said: Partial<Row> = {}, keys: RpKey[] = []): Promise<Rp> {
	const host = `rp-${++count}.example`
	const id = said.id ?? `rp-${count}`
	const [redirectUri = `https://${host}/callback`] = JSON.parse(said.redirectUris ?? '[]') as string[]
	const secret = newSecret(systemRandom)
	const authMethod = said.authMethod ?? (keys.length > 0 ? 'private_key_jwt' : 'client_secret_basic')
	await provider.db.insert(schema.clients).values({
		id,
		profile: 'oidc',
		status: 'live',
		nameTh: 'หน่วยงานทดสอบ',
		nameEn: 'An agency of the tests',
		domain: host,
		purposeTh: 'ทดสอบ',
		purposeEn: 'Testing',
		redirectUris: JSON.stringify([redirectUri]),
		scopes: JSON.stringify(`${ALL_SCOPES} ${LATER_SCOPES}`.split(' ')),
		authMethod,
		secretHash: authMethod.startsWith('client_secret') ? hashSecret(secret) : null,
		jwks: keys.length > 0 ? JSON.stringify({ keys: keys.map((key) => key.publicJwk) }) : null,
		idTokenAlg: 'RS256',
		birthdateFormat: 'buddhist',
		requirePkce: false,
		silent: true,
		sector: host,
		createdAt: provider.clock.now(),
		...said,
	})
	return { id, redirectUri, authMethod, secret, keys }
}

/** A key pair whose public half is registered with `kid`, `use` and `alg`. */
export async function newKey(alg: string, kid = `key-${++count}`): Promise<RpKey> {
	const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true })
	return { kid, alg, privateKey, publicJwk: { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' } }
}
