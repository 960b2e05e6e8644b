/**
 * Writes `src/ports/civil-registry/simulator/geography-data.ts`: provinces, districts and a few sub-districts of each,
 * as one line of text per province, from the npm package thai-address-universal (ISC, a development dependency).
 *
 *   bun tools/build-geography.ts
 *
 * The package is right in most of its 928 districts. What is not is put right here, by hand, each with its reason.
 */
import { getDatabase, setEngMode, setGeoMode } from 'thai-address-universal'

const SUBDISTRICTS_PER_DISTRICT = 4

/** Bueng Kan was made from Nong Khai in 2554 B.E.; the package has code 97 for it, and none for its districts. */
const BUENG_KAN: Record<string, string> = {
	เมืองบึงกาฬ: '3801',
	พรเจริญ: '3802',
	โซ่พิสัย: '3803',
	เซกา: '3804',
	ปากคาด: '3805',
	บึงโขงหลง: '3806',
	ศรีวิไล: '3807',
	บุ่งคล้า: '3808',
}

/** Two districts stand in the package under their neighbour's code. */
const CODES: Record<string, string> = { น้ำปาด: '5304', กัลยาณิวัฒนา: '5025' }

/** English spellings that lost letters on their way into the package. */
const ENGLISH: Record<string, string> = {
	'1028': 'Sathon',
	'1306': 'Lam Luk Ka',
	'1703': 'Khai Bang Rachan',
	'2408': 'Sanam Chai Khet',
	'4008': 'Ubolratana',
	'4013': 'Waeng Yai',
	'4020': 'Phu Pha Man',
	'4125': 'Prachaksinlapakhom',
	'5025': 'Galyani Vadhana',
	'5304': 'Nam Pat',
	'7303': 'Nakhon Chai Si',
	'7402': 'Krathum Baen',
	'7604': 'Cha-am',
}

interface Row {
	province: string
	district: string
	sub_district: string
	sub_district_code?: string
	province_code?: string
	district_code?: string
}

async function rows(english: boolean): Promise<Row[]> {
	await setEngMode(english)
	await setGeoMode(true)
	return getDatabase() as unknown as Row[]
}

interface District {
	code: string
	th: string
	en: string
	subdistricts: Map<string, string>
}

function districtCode(row: Row): string {
	if (row.province === 'บึงกาฬ') return BUENG_KAN[row.district] ?? ''
	return CODES[row.district] ?? String(row.district_code)
}

const english = await rows(true)
const thai = await rows(false)
const provinces = new Map<string, { th: string; en: string; districts: Map<string, District> }>()

thai.forEach((row, index) => {
	const en = english[index]
	if (!en) throw new Error('the two languages differ in length')
	const provinceCode = row.province === 'บึงกาฬ' ? '38' : String(row.province_code)
	const province = provinces.get(provinceCode) ?? { th: row.province, en: en.province, districts: new Map() }
	provinces.set(provinceCode, province)
	const code = districtCode(row)
	if (!code.startsWith(provinceCode)) throw new Error(`${row.district} has no code in ${row.province}`)
	const district = province.districts.get(code) ?? {
		code,
		th: row.district,
		en: ENGLISH[code] ?? en.district,
		subdistricts: new Map<string, string>(),
	}
	if (district.th !== row.district) throw new Error(`two districts have the code ${code}`)
	province.districts.set(code, district)
	const own = String(row.sub_district_code ?? '')
	// Many sub-districts carry the code of the district that they once belonged to: those are numbered below.
	district.subdistricts.set(own.startsWith(code) && own.length === 6 ? own : `?${row.sub_district}`, row.sub_district)
})

function subdistrictsOf(district: District): string {
	const known = [...district.subdistricts].filter(([code]) => !code.startsWith('?')).sort()
	const unknown = [...district.subdistricts].filter(([code]) => code.startsWith('?'))
	const chosen = known.length > 0 ? known : unknown.map(([, name], i) => [`${district.code}0${i + 1}`, name] as const)
	return chosen
		.slice(0, SUBDISTRICTS_PER_DISTRICT)
		.map(([code, name]) => `${code.slice(4)}${name}`)
		.join(',')
}

const lines = [...provinces]
	.sort(([a], [b]) => a.localeCompare(b))
	.map(([code, province]) => {
		const districts = [...province.districts.values()]
			.sort((a, b) => a.code.localeCompare(b.code))
			.map((district) => `${district.code.slice(2)}|${district.th}|${district.en}|${subdistrictsOf(district)}`)
		return `\t'${[`${code}|${province.th}|${province.en}`, ...districts].join(';')}',`
	})

const count = [...provinces.values()].reduce((sum, province) => sum + province.districts.size, 0)
if (provinces.size !== 77 || count !== 928) throw new Error(`${provinces.size} provinces, ${count} districts`)

await Bun.write(
	new URL('../src/ports/civil-registry/simulator/geography-data.ts', import.meta.url),
	`/**
 * Written by tools/build-geography.ts; change that, not this.
 *
 * Names and codes come from the npm package thai-address-universal 2.2.0, under the ISC licence:
 * Copyright (c) 2025, Thai Address Universal. Permission to use, copy, modify, and/or distribute this software for any
 * purpose with or without fee is hereby granted, provided that the above copyright notice and this permission notice
 * appear in all copies. THE SOFTWARE IS PROVIDED "AS IS" AND THE AUTHOR DISCLAIMS ALL WARRANTIES WITH REGARD TO THIS
 * SOFTWARE INCLUDING ALL IMPLIED WARRANTIES OF MERCHANTABILITY AND FITNESS. IN NO EVENT SHALL THE AUTHOR BE LIABLE FOR
 * ANY SPECIAL, DIRECT, INDIRECT, OR CONSEQUENTIAL DAMAGES OR ANY DAMAGES WHATSOEVER RESULTING FROM LOSS OF USE, DATA OR
 * PROFITS, WHETHER IN AN ACTION OF CONTRACT, NEGLIGENCE OR OTHER TORTIOUS ACTION, ARISING OUT OF OR IN CONNECTION WITH
 * THE USE OR PERFORMANCE OF THIS SOFTWARE.
 *
 * A line is a province: \`code|Thai|English;\` and its districts \`last two digits|Thai|English|sub-districts\`, a
 * sub-district being its last two digits and its name. Up to ${SUBDISTRICTS_PER_DISTRICT} of each district: enough to live in, no directory.
 */
export const GEOGRAPHY: readonly string[] = [
${lines.join('\n')}
]
`,
)
