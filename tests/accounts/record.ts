import { asPid } from '../../src/lib/thai/pid.ts'
import type { Card, Person, RegistryRecord } from '../../src/ports/civil-registry/index.ts'

const text = (th: string, en: string) => ({ th, en })
const NAME = {
	title: text('นาย', 'Mr.'),
	givenName: text('สมชาย', 'Somchai'),
	middleName: text('', ''),
	familyName: text('ใจดี', 'Jaidee'),
}

/** A person with nothing to remark and a card to 2030-11-25, but for what is said. */
export function record(person: Partial<Person> = {}, card: Partial<Card> | null = {}): RegistryRecord & { card: Card } {
	const whole: Card = {
		number: '98000000000101',
		laserCode: 'ZZ0000000001',
		chipNumber: '0000000000000001',
		status: 'normal',
		issuedOn: { year: 2022, month: 11, day: 25 },
		expiresOn: { year: 2030, month: 11, day: 25 },
		issuingOffice: '1306',
		printedName: NAME,
		printedAddress: null,
		...card,
	}
	return {
		person: {
			pid: asPid('1980000000019'),
			nationality: 'THA',
			status: 'normal',
			...NAME,
			gender: 'male',
			birthdate: { year: 1990, month: 5, day: 12 },
			address: null,
			houseCode: null,
			houseRole: null,
			...person,
		},
		card: (card === null ? null : whole) as Card,
	}
}
