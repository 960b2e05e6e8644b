import { describe, expect, test } from 'bun:test'
import { addressOnCard } from '../../../src/ports/civil-registry/index.ts'
import { readGeography } from '../../../src/ports/civil-registry/simulator/index.ts'

const { provinces, districts, offices } = readGeography()
const single = (codes: string[]) => expect(new Set(codes).size).toBe(codes.length)

describe('the places', () => {
	test('are 77 provinces, 928 districts with sub-districts, 1,078 offices; no code twice', () => {
		expect([provinces.length, districts.length, offices.length]).toEqual([77, 928, 1_078])
		single(provinces.map(({ code }) => code))
		single(districts.map(({ code }) => code))
		single(offices.map(({ code }) => code))
		single(districts.flatMap(({ subdistricts }) => subdistricts.map(({ code }) => code)))
		expect(districts.filter(({ provinceCode }) => provinceCode === '10')).toHaveLength(50)
	})

	test('have codes that contain one another, and names in both scripts', () => {
		for (const { code, th, en, provinceCode, subdistricts } of districts) {
			expect(code).toMatch(/^\d{4}$/)
			expect(code.slice(0, 2)).toBe(provinceCode)
			expect(th).toMatch(/^[\u0e00-\u0e7f .-]+$/)
			expect(en).toMatch(/^[A-Z][A-Za-z .'-]+$/)
			expect(subdistricts.length).toBeGreaterThan(0)
			for (const subdistrict of subdistricts) {
				expect(subdistrict.code).toMatch(new RegExp(`^${code}\\d{2}$`))
				expect(subdistrict.th).toMatch(/^[\u0e00-\u0e7f .()\d-]+$/)
			}
		}
	})

	test('are right where the package is not', () => {
		const name = (code: string) => districts.find((district) => district.code === code)?.th
		expect(['3801', '3802', '3803', '3804', '3805', '3806', '3807', '3808'].map(name)).toEqual([
			'เมืองบึงกาฬ',
			'พรเจริญ',
			'โซ่พิสัย',
			'เซกา',
			'ปากคาด',
			'บึงโขงหลง',
			'ศรีวิไล',
			'บุ่งคล้า',
		])
		expect([name('5303'), name('5304'), name('5003'), name('5025')]).toEqual(['ท่าปลา', 'น้ำปาด', 'แม่แจ่ม', 'กัลยาณิวัฒนา'])
	})

	test('municipal offices are 150 stand-ins that say so', () => {
		const municipal = offices.filter(({ kind }) => kind === 'municipality')
		expect(municipal).toHaveLength(150)
		expect(municipal.every(({ verified }) => !verified)).toBe(true)
		expect(offices.filter(({ kind }) => kind === 'district').every(({ verified }) => verified)).toBe(true)
	})
})

describe('an address on a card', () => {
	const address = {
		houseNumber: '1/2',
		village: '',
		lane: '',
		alley: '',
		road: '',
		subdistrict: 'สีลม',
		district: 'บางรัก',
		province: 'กรุงเทพมหานคร',
		provinceCode: '10',
		districtCode: '1004',
		subdistrictCode: '100402',
	}

	test('leaves out what it has not', () => {
		expect(addressOnCard(address)).toBe('1/2 แขวงสีลม เขตบางรัก กรุงเทพมหานคร')
	})

	test('says all of it, in order', () => {
		const full = { ...address, village: '3', lane: 'ก', alley: 'ข', road: 'ค', provinceCode: '13', province: 'ปทุมธานี' }
		expect(addressOnCard(full)).toBe('1/2 หมู่ที่ 3 ตรอกก ซอยข ถนนค ตำบลสีลม อำเภอบางรัก จังหวัดปทุมธานี')
	})
})
