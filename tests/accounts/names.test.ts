import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import {
	cardFace,
	dataUrl,
	displayName,
	maskedName,
	readSnapshot,
	sealSnapshot,
	toSnapshot,
} from '../../src/accounts/index.ts'
import { systemRandom } from '../../src/lib/random.ts'
import { createVault } from '../../src/lib/vault.ts'
import { record } from './record.ts'

const text = (th: string, en = '') => ({ th, en })
const named = (given: string, family: string, middle = '') => ({
	givenName: text(given),
	middleName: text(middle),
	familyName: text(family),
})

describe('a name', () => {
	test('has its title glued on in Thai and apart in English', () => {
		const person = {
			title: text('นาง', 'Mrs.'),
			givenName: text('พิมพ์ชนก', 'Pimchanok'),
			middleName: text('มาลี', 'Malee'),
			familyName: text('ศรีสุข', 'Srisuk'),
		}
		expect(displayName(person)).toEqual({ th: 'นางพิมพ์ชนก มาลี ศรีสุข', en: 'Mrs. Pimchanok Malee Srisuk' })
	})

	test.each([
		['สมชาย', 'ใจดี', 'สม••• ใจ••'],
		// A vowel or a mark is not cut from its letter.
		['คำ', 'บุญมา', 'คำ•• บุญ••'],
		['ปิ่น', 'ผึ้ง', 'ปิ่•• ผึ้••'],
		['A', '', 'A••'],
	])('%s %s is masked as %s', (given, family, masked) => {
		expect(maskedName(named(given, family))).toBe(masked)
	})

	test('masked shows at most half of each word, whole letters only, and not the middle name', () => {
		const segments = (word: string) => [...new Intl.Segmenter('th', { granularity: 'grapheme' }).segment(word)]
		const letters = fc.array(fc.constantFrom('ก', 'กิ', 'กิ่', 'น้ำ', 'เ', 'ย์', 'อื้'), { minLength: 1, maxLength: 12 })
		fc.assert(
			fc.property(letters, letters, (given, family) => {
				const [one, two] = [given.join(''), family.join('')]
				const [a = '', b = ''] = maskedName(named(one, two, 'กลาง')).split(' ')
				for (const [masked, word] of [
					[a, one],
					[b, two],
				] as const) {
					const shown = masked.replace(/•+$/, '')
					expect(word.startsWith(shown)).toBe(true)
					const all = segments(word).map(({ segment }) => segment)
					const count = segments(shown).length
					expect(all.slice(0, count).join('')).toBe(shown)
					expect(count).toBeLessThanOrEqual(Math.min(2, Math.ceil(all.length / 2)))
					expect(masked).toMatch(/••$/)
				}
			}),
		)
	})
})

describe('a snapshot', () => {
	const vault = createVault([{ version: 1, key: systemRandom.bytes(32) }], systemRandom)
	const snapshot = toSnapshot(record(), '2.1')

	test('opens in its own account and in no other', () => {
		const row = { id: 'acc_1', ial: '2.1', snapshot: sealSnapshot(vault, 'acc_1', snapshot) }
		expect(readSnapshot(vault, row)).toEqual(snapshot)
		expect(row.snapshot).not.toContain('1980000000019')
		expect(() => readSnapshot(vault, { ...row, id: 'acc_2' })).toThrow()
	})

	test('does not keep what proves possession of the card', () => {
		expect(record().card.laserCode).toBeTruthy()
		expect(JSON.stringify(snapshot)).not.toMatch(/ZZ0000000001|0000000000000001/)
	})

	test('the card’s face prints what the card prints', () => {
		const where = {
			houseNumber: '99/1',
			village: '4',
			lane: '',
			alley: '',
			road: '',
			subdistrict: 'คูคต',
			district: 'ลำลูกกา',
			province: 'ปทุมธานี',
			provinceCode: '13',
			districtCode: '1306',
			subdistrictCode: '130601',
		}
		const moved = record({ address: { ...where, houseNumber: '5' } }, { printedAddress: where })
		expect(cardFace(toSnapshot(moved, '2.1'))).toEqual({
			pid: '1-9800-00000-01-9',
			name: { th: 'นายสมชาย ใจดี', en: 'Mr. Somchai Jaidee' },
			birthdate: { year: 1990, month: 5, day: 12 },
			gender: 'male',
			address: '99/1 หมู่ที่ 4 ตำบลคูคต อำเภอลำลูกกา จังหวัดปทุมธานี',
			cardNumber: '98000000000101',
			cardIssuedOn: { year: 2022, month: 11, day: 25 },
			cardExpiresOn: { year: 2030, month: 11, day: 25 },
			lifelong: false,
		})
		expect(cardFace(toSnapshot(record({}, { expiresOn: null }), '2.1'))).toMatchObject({
			lifelong: true,
			address: null,
		})
	})

	test('a picture becomes a data URL', () => {
		expect(dataUrl({ mediaType: 'image/png', bytes: Uint8Array.of(1, 2, 3) })).toBe('data:image/png;base64,AQID')
	})
})
