import { z } from 'zod'
import { type Pid, parsePid } from '../../lib/thai/pid.ts'
import type { Address, Card, Person, RegistrationOffice, RegistryRecord } from './port.ts'

/**
 * The form in which questions and answers travel, inside the process (the simulator) or over HTTP (the Linkage
 * Center): one operation per method of the port, JSON both ways. Each answer repeats what was asked, so that an answer
 * to another question is noticed; what is not in this form, or cannot be true, is no answer.
 */
const text = z.string().max(500)
const pid = z.custom<Pid>((value) => typeof value === 'string' && /^\d{13}$/.test(value) && 'pid' in parsePid(value))
const bilingual = z.object({ th: text, en: text })
const code = (width: number) => z.string().regex(new RegExp(`^\\d{${width}}$`))
const purpose = z.enum(['enrolment', 'sign-in', 'my-data', 'card-check', 'lost-device', 'service'])

const isDay = (date: { year: number; month: number; day: number }): boolean => {
	const made = new Date(Date.UTC(date.year, date.month - 1, date.day))
	return made.getUTCMonth() + 1 === date.month && made.getUTCDate() === date.day
}
const year = z.int().min(1800).max(2300)
const completeDate = z.object({ year, month: z.int(), day: z.int() }).refine(isDay)
const calendarDate = z
	.object({ year, month: z.int().min(1).max(12).nullable(), day: z.int().min(1).max(31).nullable() })
	// A day without its month says nothing, and no register holds one.
	.refine(({ year, month, day }) => (month === null ? day === null : isDay({ year, month, day: day ?? 1 })))

const address: z.ZodType<Address> = z.object({
	houseNumber: text.min(1),
	village: text,
	lane: text,
	alley: text,
	road: text,
	subdistrict: text.min(1),
	district: text.min(1),
	province: text.min(1),
	provinceCode: code(2),
	districtCode: code(4),
	subdistrictCode: code(6),
})

const personName = { title: bilingual, givenName: bilingual, middleName: bilingual, familyName: bilingual }

const person: z.ZodType<Person> = z
	.object({
		pid,
		nationality: z
			.string()
			.regex(/^[A-Z]{3}$/)
			.nullable(),
		status: z.enum(['normal', 'dead', 'missing', 'removed']),
		...personName,
		givenName: z.object({ th: text.min(1), en: text }),
		gender: z.enum(['male', 'female']),
		birthdate: calendarDate,
		address: address.nullable(),
		houseCode: code(11).nullable(),
		houseRole: z.enum(['householder', 'resident']).nullable(),
	})
	.refine(
		({ address, houseCode, houseRole }) =>
			(address === null) === (houseCode === null) && (houseCode === null) === (houseRole === null),
	)

const dayNumber = (date: { year: number; month: number; day: number }) =>
	date.year * 10_000 + date.month * 100 + date.day

const card: z.ZodType<Card> = z
	.object({
		number: z.string().regex(/^\d{1,20}$/),
		laserCode: z
			.string()
			.regex(/^[A-Z]{2}\d{10}$/)
			.nullable(),
		chipNumber: text.min(1).nullable(),
		status: z.enum(['normal', 'name_changed', 'address_changed', 'lost', 'damaged', 'cancelled', 'abnormal']),
		issuedOn: completeDate,
		expiresOn: completeDate.nullable(),
		issuingOffice: code(4),
		printedName: z.object(personName),
		printedAddress: address.nullable(),
	})
	.refine(({ issuedOn, expiresOn }) => expiresOn === null || dayNumber(expiresOn) >= dayNumber(issuedOn))

const record: z.ZodType<RegistryRecord> = z.object({ person, card: card.nullable() })

const cardCheck = z.object({
	pid,
	check: z.object({ code: z.union([z.literal(0), z.literal(1), z.literal(2), z.literal(4), z.literal(5)]), text }),
})

const office: z.ZodType<RegistrationOffice> = z.object({
	code: code(4),
	name: bilingual,
	kind: z.enum(['district', 'municipality']),
	districtCode: code(4),
	provinceCode: code(2),
})

/** About 750 kB of picture: ten times what the card's chip holds. */
const MAX_PORTRAIT = 1_000_000

/** What may be asked, and what an answer looks like. */
export const operations = {
	'find-person': {
		question: z.object({ pid, purpose }),
		answer: z.object({ pid, record: record.nullable() }),
	},
	portrait: {
		question: z.object({ pid, purpose }),
		answer: z.object({
			pid,
			portrait: z
				.object({
					mediaType: z.enum(['image/svg+xml', 'image/jpeg', 'image/png']),
					base64: z.base64().min(1).max(MAX_PORTRAIT),
				})
				.nullable(),
		}),
	},
	'check-card-by-laser': {
		question: z.object({ pid, givenName: text, familyName: text, birthdate: calendarDate, laserCode: text }),
		answer: cardCheck,
	},
	'check-card-by-chip': {
		question: z.object({ pid, chipNumber: text, cardNumber: text }),
		answer: cardCheck,
	},
	provinces: {
		question: z.object({}),
		answer: z.object({ provinces: z.array(z.object({ code: code(2), name: bilingual })).min(1) }),
	},
	districts: {
		question: z.object({ provinceCode: text }),
		answer: z.object({
			provinceCode: text,
			districts: z.array(z.object({ code: code(4), provinceCode: code(2), name: bilingual })),
		}),
	},
	offices: {
		question: z.object({ districtCode: text.nullable() }),
		answer: z.object({ districtCode: text.nullable(), offices: z.array(office) }),
	},
	office: {
		question: z.object({ code: text }),
		answer: z.object({ code: text, office: office.nullable() }),
	},
} as const

export type Operation = keyof typeof operations
export type Question<O extends Operation> = z.infer<(typeof operations)[O]['question']>
export type Answer<O extends Operation> = z.infer<(typeof operations)[O]['answer']>

export const isOperation = (name: string): name is Operation => Object.hasOwn(operations, name)
