import { sql } from 'drizzle-orm'
import { atomically, type Db, schema } from '../../db/client.ts'
import { sealSnapshot, toSnapshot } from '../../src/accounts/index.ts'
import {
	creationOptions,
	derivePin,
	type RelyingPartyId,
	rememberDevice,
	verifyRegistration,
} from '../../src/authn/index.ts'
import { serialiseCookie } from '../../src/lib/cookies.ts'
import { newId, newSecret, systemRandom } from '../../src/lib/random.ts'
import type { Vault } from '../../src/lib/vault.ts'
import type { RegistryRecord } from '../../src/ports/civil-registry/index.ts'
import type { Citizen } from './journeys.ts'

/** As in the demo: everything is let in. */
const TIERS = ['attested', 'device-bound', 'browser-bound'] as const

/**
 * A citizen who has enrolled, written straight into the database: for what happens afterwards. How one enrols is told
 * by `journeys.ts`. The browser gets the cookie by which the device knows itself. @throws Error where the person has no card
 */
export async function enrolledCitizen(
	deps: { db: Db; vault: Vault; rp: RelyingPartyId; now: number },
	given: Citizen & { record: RegistryRecord },
): Promise<{ accountId: string }> {
	const { db, vault, rp, now } = deps
	const { person, card } = given.record
	if (!card) throw new Error('nobody enrols without a card')
	const accountId = newId(systemRandom, 'acc')
	const challenge = newSecret(systemRandom)
	const request = {
		userId: accountId,
		userName: 'citizen',
		displayName: 'citizen',
		challenge,
		discoverable: 'discouraged',
		platformOnly: true,
	} as const
	const response = await given.phone.create(await creationOptions(rp, request))
	const browserKey = await given.phone.browserKeyProof(response)
	const passkey = await verifyRegistration(rp, { response, challenge, browserKey, allowTiers: TIERS })
	const secret = newSecret(systemRandom)
	const device = { secret, accountId, credentialId: passkey.credentialId, now }
	const pin = await derivePin(vault, systemRandom, given.pin)
	await atomically(db, [
		db.insert(schema.accounts).values({
			id: accountId,
			pidIndex: vault.index('pid', person.pid),
			snapshot: sealSnapshot(vault, accountId, toSnapshot({ person, card }, '2.1')),
			snapshotAt: now,
			status: 'active',
			ial: '2.1',
			enrolmentId: newId(systemRandom, 'enr'),
			createdAt: now,
			updatedAt: now,
		}),
		db.insert(schema.passkeys).values({ ...passkey, accountId, createdAt: now, lastUsedAt: now }),
		db.insert(schema.pins).values({ ...pin, accountId, failures: 0, nextTryAt: 0, updatedAt: now }),
		rememberDevice(db, device, sql`TRUE`),
	])
	given.browser.addCookie(serialiseCookie('device', `${passkey.credentialId}.${secret}`))
	return { accountId }
}
