import type { RegistrationOffice } from '../port.ts'
import { GEOGRAPHY } from './geography-data.ts'

export interface Place {
	code: string
	th: string
	en: string
}

export interface DistrictPlace extends Place {
	provinceCode: string
	subdistricts: readonly { code: string; th: string }[]
}

export interface Geography {
	provinces: readonly Place[]
	districts: readonly DistrictPlace[]
	offices: readonly (RegistrationOffice & { verified: boolean })[]
}

const OFFICES = 1_078
const BANGKOK = '10'

/** Reads the checked-in data. 77 provinces, 928 districts, 1,078 offices; a test counts them. */
export function readGeography(): Geography {
	const provinces: Place[] = []
	const districts: DistrictPlace[] = []
	for (const line of GEOGRAPHY) {
		const [head = '', ...rest] = line.split(';')
		const [code = '', th = '', en = ''] = head.split('|')
		provinces.push({ code, th, en })
		for (const part of rest) districts.push(readDistrict(code, part))
	}
	return {
		provinces,
		districts,
		offices: [...districts.map(districtOffice), ...municipalOffices(provinces, districts)],
	}
}

function readDistrict(provinceCode: string, text: string): DistrictPlace {
	const [digits = '', th = '', en = '', subdistricts = ''] = text.split('|')
	const code = `${provinceCode}${digits}`
	return {
		code,
		th,
		en,
		provinceCode,
		subdistricts: subdistricts.split(',').map((one) => ({ code: `${code}${one.slice(0, 2)}`, th: one.slice(2) })),
	}
}

/** A district's office gives numbers under the district's own code. */
function districtOffice(district: DistrictPlace): RegistrationOffice & { verified: boolean } {
	return {
		code: district.code,
		name: {
			th: `สำนักทะเบียน${district.provinceCode === BANGKOK ? 'เขต' : 'อำเภอ'}${district.th}`,
			en: `${district.en} District Registration Office`,
		},
		kind: 'district',
		districtCode: district.code,
		provinceCode: district.provinceCode,
		verified: true,
	}
}

/**
 * There are 1,078 offices, and the list of the 150 that belong to municipalities is not public. Stand-ins fill the
 * gap, two for most provinces outside Bangkok, with codes from 99 downwards and a name that nobody takes for real.
 */
function municipalOffices(
	provinces: readonly Place[],
	districts: readonly DistrictPlace[],
): (RegistrationOffice & { verified: boolean })[] {
	const outside = provinces.filter((province) => province.code !== BANGKOK)
	return Array.from({ length: OFFICES - districts.length }, (_, index) => {
		const round = Math.floor(index / outside.length)
		const province = outside[index % outside.length] ?? { code: '', th: '', en: '' }
		return {
			code: `${province.code}${99 - round}`,
			name: {
				th: `สำนักทะเบียนท้องถิ่นเทศบาล (${province.th} ${round + 1})`,
				en: `Municipal Registration Office (${province.en} ${round + 1})`,
			},
			kind: 'municipality' as const,
			districtCode: districts.find((district) => district.provinceCode === province.code)?.code ?? '',
			provinceCode: province.code,
			verified: false,
		}
	})
}
