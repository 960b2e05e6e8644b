import { describe, expect, test } from 'bun:test'
import { X509Certificate } from 'node:crypto'
import type { AttestationStatement, AttestationTrust } from '../../src/authn/passkey/index.ts'
import { type Maker, newMaker, overSomethingElse } from '../kit/attestation.ts'
import { outcomeOf, type RegistrationTurn, register } from './passkey-ceremony.ts'

/** `attested` is said only of a key whose maker the operator trusts; what a key says of itself is not enough. */
const trustIn =
	(maker: Maker): AttestationTrust =>
	async ({ certificates: [leaf] }) =>
		leaf !== undefined && new X509Certificate(leaf).verify(new X509Certificate(maker.root).publicKey)

const maker = await newMaker()
const stranger = await newMaker()

const attested = (attestationTrust: AttestationTrust | undefined, by = maker.attest): RegistrationTurn => ({
	knobs: { attestation: by },
	given: () => ({ attestationTrust }),
})

describe('a statement with a certificate', () => {
	test('of a trusted maker: attested', async () => {
		const seen: AttestationStatement[] = []
		const trust: AttestationTrust = (statement) => {
			seen.push(statement)
			return trustIn(maker)(statement)
		}
		const { passkey } = await register(attested(trust))
		expect(passkey).toMatchObject({ tier: 'attested', backupEligible: false, browserKey: null })
		expect(seen).toMatchObject([{ format: 'packed', aaguid: passkey.aaguid }])
		expect(seen[0]?.certificates).toHaveLength(1)
	})

	test('of a maker that nobody trusts: a claim, as without it', async () => {
		expect((await register(attested(trustIn(stranger)))).passkey.tier).toBe('device-bound')
	})

	test('of a maker that nobody trusts, where attested keys are asked for: refused', async () => {
		const turn = attested(trustIn(stranger))
		const only = { ...turn, given: () => ({ attestationTrust: trustIn(stranger), allowTiers: ['attested' as const] }) }
		expect(await outcomeOf(register(only))).toBe('passkey_refused/tier')
	})

	test('over something else: refused, whatever the trust', async () => {
		const turn = attested(async () => true, overSomethingElse(maker))
		expect(await outcomeOf(register(turn))).toBe('passkey_refused/attestation')
	})

	test('where no trust is configured: refused unread', async () => {
		expect(await outcomeOf(register(attested(undefined)))).toBe('passkey_refused/attestation')
	})

	test('of a trusted maker, on a key that may be copied: browser-bound all the same', async () => {
		const { passkey } = await register({ ...attested(trustIn(maker)), phone: { backupEligible: true } })
		expect(passkey.tier).toBe('browser-bound')
	})
})

test.each<['self' | undefined]>([['self'], [undefined]])(
	'a key that speaks for itself (%p) is never attested',
	async (attestation) => {
		const turn: RegistrationTurn = { knobs: { attestation }, given: () => ({ attestationTrust: async () => true }) }
		expect((await register(turn)).passkey.tier).toBe('device-bound')
	},
)
