import { afterEach, describe, expect, test } from 'bun:test'
import { X509Certificate } from 'node:crypto'
import { schema } from '../../db/client.ts'
import { readRoots, trustInRoots } from '../../src/attestation-roots.ts'
import type { PublicKeyCredentialCreationOptionsJSON } from '../../src/authn/index.ts'
import { systemClock } from '../../src/lib/clock.ts'
import { systemRandom } from '../../src/lib/random.ts'
import { people } from '../../src/ports/civil-registry/index.ts'
import { newInvitation } from '../../src/proofing/index.ts'
import { type Maker, newMaker } from '../kit/attestation.ts'
import { enrol, fragmentOf, joinOffice } from '../kit/journeys.ts'
import { createPhone, type Phone } from '../kit/phone.ts'
import { openWorld, type World } from '../kit/world.ts'

/** Whose keys are called `attested`: those of makers that the operator believes, and where nobody is believed no key. */
const maker = await newMaker()
const stranger = await newMaker()
const pemOf = ({ root }: Maker) => new X509Certificate(root).toString()

let world: World
afterEach(() => world?.close())

async function open(roots: string | null): Promise<void> {
	const trust = roots === null ? {} : { attestationTrust: trustInRoots(readRoots(roots), systemClock) }
	world = await openWorld({ ...trust, tiers: roots === null ? ['attested', 'device-bound'] : ['attested'] })
}

/** A key of that maker, which says so where it is asked. What it was asked stands in `asked`. */
function keyOf(by: Maker, asked: (string | undefined)[] = []): Phone {
	const phone = createPhone({ rpId: world.rp.id, origin: world.issuer, backupEligible: false })
	return {
		...phone,
		create: (options: PublicKeyCredentialCreationOptionsJSON) => {
			asked.push(options.attestation)
			return phone.create(options, options.attestation === 'direct' ? { attestation: by.attest } : {})
		},
	}
}

async function joined(by: Maker, asked?: (string | undefined)[]) {
	const now = systemClock.now()
	const { link, row } = newInvitation(systemRandom, { officeCode: '1306', role: 'officer', issuer: world.issuer, now })
	await world.db.insert(schema.officerInvitations).values(row)
	const officer = world.browser()
	await joinOffice(officer, keyOf(by, asked), fragmentOf(link), 'เจ้าหน้าที่ ทดสอบ')
	return officer
}

const citizenWith = (by: Maker) => ({ browser: world.browser(), phone: keyOf(by), pin: '83510694' })

describe('where attested keys alone are let in', () => {
	test('a key of a believed maker is asked for its statement and is let in, an officer’s and a citizen’s', async () => {
		await open(`# Test Keys\n${pemOf(stranger)}\n${pemOf(maker)}`)
		const asked: (string | undefined)[] = []
		const officer = await joined(maker, asked)
		expect(asked).toEqual(['direct'])
		await enrol(officer, citizenWith(maker), people.somchai.pid)
		expect((await world.db.query.officerPasskeys.findMany()).map(({ tier }) => tier)).toEqual(['attested'])
		expect((await world.db.query.passkeys.findMany()).map(({ tier }) => tier)).toEqual(['attested'])
	})

	test('a key of another maker is not', async () => {
		await open(pemOf(maker))
		const officer = await joined(maker)
		await expect(enrol(officer, citizenWith(stranger), people.somchai.pid)).rejects.toThrow('passkey_refused')
	})
})

test('where nobody is believed no statement is asked for', async () => {
	await open(null)
	const asked: (string | undefined)[] = []
	await joined(maker, asked)
	expect(asked).toEqual(['none'])
	expect((await world.db.query.officerPasskeys.findMany()).map(({ tier }) => tier)).toEqual(['device-bound'])
})

describe('a chain', () => {
	const YEAR = 365 * 86_400_000
	const at = (now: number) => trustInRoots(readRoots(pemOf(maker)), { now: () => now })
	const statement = (...certificates: Uint8Array[]) => ({ format: 'packed', aaguid: '', certificates })
	const now = systemClock.now()

	test('leads to a root, with the root itself or without it', async () => {
		const leaf = maker.batch
		expect(await at(now)(statement(leaf))).toBe(true)
		expect(await at(now)(statement(leaf, maker.root))).toBe(true)
		expect(await at(now)(statement(maker.root))).toBe(true)
	})

	test.each<[string, () => Promise<boolean>]>([
		['of nothing', async () => at(now)(statement())],
		['of another maker with the same names', async () => at(now)(statement(stranger.batch))],
		['of a stranger before a right end', async () => at(now)(statement(stranger.batch, maker.root))],
		['under a certificate that may sign none', async () => at(now)(statement(maker.belowBatch, maker.batch))],
		['before its time', async () => at(Date.UTC(2019, 0, 1))(statement(maker.batch))],
		['after its time', async () => at(Date.UTC(2049, 11, 31) + YEAR)(statement(maker.batch))],
		['that is longer than any maker’s', async () => at(now)(statement(...Array(6).fill(maker.root)))],
		['of nonsense', async () => at(now)(statement(new Uint8Array(40)))],
	])('%s convinces nobody', async (_, asked) => {
		expect(await asked()).toBe(false)
	})

	test.each([
		['nothing', ''],
		['no certificate', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----'],
	])('a file of %s has no roots', (_, pem) => {
		expect(() => readRoots(pem)).toThrow()
	})
})
