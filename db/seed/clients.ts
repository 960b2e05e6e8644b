import type { Clock } from '../../src/lib/clock.ts'
import { hashSecret } from '../../src/lib/crypto.ts'
import { atomically, type Db, schema } from '../client.ts'
import { type Agency, agencies, allScopes, thaidScopes } from './agencies.ts'

/**
 * The relying parties of the sample country: the twelve agencies that had finished connecting to the DOPA Digital ID,
 * under their own names, and the sample agency of `examples/agency` in four registrations: by secret, by key, and one
 * for each of the two other profiles.
 *
 * All else about the twelve is made up: purposes, scopes and hosts. Each host ends in `.example` (RFC 2606), so nothing
 * here claims a real redirect URI and no code can reach anybody. The secrets are open (`demoSecretOf`): this is for the
 * demo mode alone, whose issuer is loopback.
 *
 * Scopes follow data minimisation: who only needs to know the person again asks for a name, who must find a record by
 * the citizen number asks for `pid`, and an address goes only where something is paid or served by place.
 */

/** A row of `clients` but for the moment it was made. */
export type ClientSeed = Omit<typeof schema.clients.$inferInsert, 'createdAt'>

/** The secret of a sample client, written openly: it protects nothing and must never be one of a real client. */
export const demoSecretOf = (clientId: string): string => `demo-secret-of-${clientId}-for-loopback-only`

function register({ id, name, host, purpose, scopes, but }: Agency): ClientSeed {
	return {
		id,
		profile: 'oidc',
		status: 'live',
		nameTh: name.th,
		nameEn: name.en,
		domain: host,
		purposeTh: purpose.th,
		purposeEn: purpose.en,
		redirectUris: JSON.stringify([`https://${host}/callback`]),
		scopes: JSON.stringify(['openid', ...scopes]),
		authMethod: 'client_secret_basic',
		secretHash: hashSecret(demoSecretOf(id)),
		jwks: null,
		idTokenAlg: 'RS256',
		birthdateFormat: 'buddhist',
		requirePkce: true,
		silent: true,
		sector: host,
		...but,
	}
}

/** Public half of the key in `examples/agency/demo-credentials.ts`. */
const sampleAgencyKey = {
	kty: 'EC',
	crv: 'P-256',
	x: 'XvwQ-xfIkxwYBQf-CX7w8N8i8dRrXWGoP0CNdrdBiwQ',
	y: 'uQA5byqdkWKkwg5_Ui6aMG-7n4X9PsZYItPGp9Pq_m4',
	kid: 'sample-agency-demo',
	use: 'sig',
	alg: 'ES256',
}

/**
 * The sample agency, which may ask for everything there is.
 * @param baseUrl where it runs; a test gives the port that it got
 */
export function sampleAgencies(baseUrl = 'http://localhost:8788'): ClientSeed[] {
	const common: Omit<Agency, 'id'> = {
		name: { th: 'สำนักงานตัวอย่าง', en: 'Sample Agency' },
		host: new URL(baseUrl).host,
		purpose: {
			th: 'ทดลองเข้าสู่ระบบด้วยดิจิทัลไอดี และแสดงข้อมูลที่หน่วยงานได้รับ',
			en: 'Try signing in with the digital ID and see what an agency receives',
		},
		scopes: allScopes.filter((scope) => scope !== 'openid'),
		but: { redirectUris: JSON.stringify([`${new URL(baseUrl).origin}/callback`]), sector: 'sample-agency' },
	}
	const byKey: Partial<ClientSeed> = {
		authMethod: 'private_key_jwt',
		secretHash: null,
		jwks: JSON.stringify({ keys: [sampleAgencyKey] }),
		idTokenAlg: 'ES256',
	}
	return [
		register({ ...common, id: 'sample-agency' }),
		{ ...register({ ...common, id: 'sample-agency-jwt' }), ...byKey },
		{
			...register({ ...common, id: 'sample-agency-fapi2' }),
			...byKey,
			profile: 'fapi2',
			dpopBound: true,
			birthdateFormat: 'iso',
		},
		{
			...register({ ...common, id: 'sample-agency-thaid' }),
			profile: 'thaid-v2',
			scopes: JSON.stringify(thaidScopes),
			idTokenAlg: 'ES256',
			birthdateFormat: 'iso',
			requirePkce: false,
			grantTypes: '["authorization_code","refresh_token"]',
			// As agencies are used to it: their databases find a citizen by it.
			pidAsSubject: true,
		},
	]
}

/** All sample relying parties: the twelve agencies, then the registrations of the sample agency. */
export function sampleClients(agencyUrl?: string): ClientSeed[] {
	return [...agencies.map(register), ...sampleAgencies(agencyUrl)]
}

/**
 * Inserts the sample relying parties in one batch. Those that are there already stay as they are.
 * @param agencyUrl where the sample agency runs; its redirect URI is below it
 */
export async function seedClients(db: Db, clock: Clock, agencyUrl?: string): Promise<void> {
	const createdAt = clock.now()
	await atomically(
		db,
		sampleClients(agencyUrl).map((client) =>
			db
				.insert(schema.clients)
				.values({ ...client, createdAt })
				.onConflictDoNothing(),
		),
	)
}
