import { describe, expect, test } from 'bun:test'
import { requestOptions } from '../../src/authn/passkey/index.ts'
import { encodeCbor } from '../kit/cbor.ts'
import { createPhone } from '../kit/phone.ts'
import { newChallenge, newPhone, ORIGIN, register, rp } from './passkey-ceremony.ts'

/** The phone of the tests refuses what a real one refuses: a story that passes with it is not too easy. */
async function nameOf(ceremony: Promise<unknown>): Promise<string> {
	try {
		await ceremony
		return 'done'
	} catch (error) {
		return error instanceof DOMException ? error.name : String(error)
	}
}

const ask = (allow: string[]) =>
	requestOptions(rp, { challenge: newChallenge(), allow: allow.map((id) => ({ id, transports: [] })) })

describe('the software phone', () => {
	test('does not answer a site that is not the passkey’s', async () => {
		const phone = createPhone({ rpId: 'other.test', origin: ORIGIN })
		expect(await nameOf(register({}, phone))).toBe('SecurityError')
		expect(await nameOf(phone.get(await ask([])))).toBe('SecurityError')
	})

	test('has no passkey of a list that names none of its own', async () => {
		const { phone, passkey } = await register()
		expect(await nameOf(phone.get(await ask(['AAAA'])))).toBe('NotAllowedError')
		expect(await nameOf(phone.get(await ask(['AAAA', passkey.credentialId])))).toBe('done')
	})

	test('finds a non-discoverable passkey only by its list', async () => {
		const { phone, passkey } = await register({ phone: { discoverable: false } })
		expect(await nameOf(phone.get(await ask([])))).toBe('NotAllowedError')
		expect((await phone.get(await ask([passkey.credentialId]))).response.userHandle).toBeUndefined()
	})

	test('makes no second passkey where the first is excluded', async () => {
		const { phone, passkey } = await register()
		const options = {
			rp: { id: rp.id, name: rp.name },
			user: { id: 'AAAA', name: '', displayName: '' },
			challenge: newChallenge(),
			pubKeyCredParams: [{ alg: -7, type: 'public-key' as const }],
		}
		const excludeCredentials = [{ id: passkey.credentialId, type: 'public-key' }]
		expect(await nameOf(phone.create({ ...options, excludeCredentials }))).toBe('InvalidStateError')
		expect(await nameOf(phone.create({ ...options, pubKeyCredParams: [] }))).toBe('NotSupportedError')
		expect(await nameOf(phone.create(options))).toBe('done')
	})

	test('copies passkeys to another phone, and not the browser key', async () => {
		const { phone, passkey } = await register({ phone: { backupEligible: true } })
		const other = newPhone()
		phone.copyTo(other)
		const response = await other.get(await ask([passkey.credentialId]))
		const [mine, others] = [await phone.browserKeyProof(response), await other.browserKeyProof(response)]
		expect(mine.jwk.x).not.toBe(others.jwk.x)
		expect((await phone.browserKeyProof(response)).jwk).toEqual(mine.jwk)
	})
})

/** RFC 8949 appendix A. */
test.each<[unknown, string]>([
	[0, '00'],
	[23, '17'],
	[24, '1818'],
	[1000, '1903e8'],
	[1000000, '1a000f4240'],
	[-1, '20'],
	[-257, '390100'],
	['IETF', '6449455446'],
	[Uint8Array.of(1, 2, 3, 4), '4401020304'],
	[[1, [2, 3]], '8201820203'],
	[
		new Map([
			[1, 2],
			[3, 4],
		]),
		'a201020304',
	],
	[true, 'f5'],
])('CBOR of %p is %s', (value, hex) => {
	expect(encodeCbor(value as number).toHex()).toBe(hex)
})
