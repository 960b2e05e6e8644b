import type { Address } from './port.ts'

const BANGKOK = '10'

/**
 * An address in one line as the card prints it: no postcode; in Bangkok แขวง and เขต, and no word before the city's
 * name. `99/1 หมู่ที่ 4 ตำบลคูคต อำเภอลำลูกกา จังหวัดปทุมธานี`
 */
export function addressOnCard(address: Address): string {
	const inBangkok = address.provinceCode === BANGKOK
	const parts = [
		address.houseNumber,
		address.village && `หมู่ที่ ${address.village}`,
		address.lane && `ตรอก${address.lane}`,
		address.alley && `ซอย${address.alley}`,
		address.road && `ถนน${address.road}`,
		`${inBangkok ? 'แขวง' : 'ตำบล'}${address.subdistrict}`,
		`${inBangkok ? 'เขต' : 'อำเภอ'}${address.district}`,
		inBangkok ? address.province : `จังหวัด${address.province}`,
	]
	return parts.filter((part) => part !== '').join(' ')
}
