import type { CalendarDate } from '../../lib/thai/dates.ts'
import type { Pid } from '../../lib/thai/pid.ts'
import type { BilingualText, Card, Person, PersonStatus } from './port.ts'

/** A person of the synthetic country who stands for one kind of day. Pure data; dates count from the day of seeding. */
export interface NamedPerson {
	/** Digits 10–12 of the PID, and what card numbers are made from. */
	running: number
	pid: Pid
	/** What this person is for, in a line. */
	story: string
	nationality: string | null
	status: PersonStatus
	gender: Person['gender']
	title: BilingualText
	givenName: BilingualText
	middleName: BilingualText
	familyName: BilingualText
	/** A date, or an age in whole years on the day of seeding (for those whose story is their age). */
	birth: CalendarDate | { age: number }
	/** A key of `households`; `null`: stands in no house register. */
	household: string | null
	card: NamedCard | null
}

export interface NamedCard {
	status: Card['status']
	/** How many cards this person has had; the earlier ones have ended. */
	generation: number
	/** Days from the day of seeding to the card's expiry, negative when past; `lifelong` has none. */
	expiresIn: number | 'lifelong'
	/** Cards that are no smart cards carry neither laser code nor chip. */
	smart: boolean
	/** What the card prints where the register has moved on since. */
	printed?: { familyName?: BilingualText; givenName?: BilingualText; household?: string }
}

export interface NamedHousehold {
	code: string
	/** A key of `people`: each household has exactly one. */
	householder: string
	houseNumber: string
	village: string
	lane: string
	alley: string
	road: string
	subdistrictCode: string
}

const pair = (th: string, en: string): BilingualText => ({ th, en })
export const NOTHING: BilingualText = pair('', '')

/** The titles that the simulator knows; the age and the gender of who bears them are tested. */
export const titles = {
	mr: pair('นาย', 'Mr.'),
	mrs: pair('นาง', 'Mrs.'),
	miss: pair('นางสาว', 'Miss'),
	boy: pair('เด็กชาย', 'Master'),
	girl: pair('เด็กหญิง', 'Miss'),
	monk: pair('พระ', 'Phra'),
	policeCaptain: pair('ร้อยตำรวจเอก', 'Pol.Capt.'),
	momLuang: pair('หม่อมหลวง', 'M.L.'),
} as const

const FOUR_YEARS = 1_461

/** A card with four years to run, but for what is said. */
export const card = (said: Partial<NamedCard> = {}): NamedCard => ({
	status: 'normal',
	generation: 1,
	expiresIn: FOUR_YEARS,
	smart: true,
	...said,
})

/** [given th, given en, family th, family en] */
type Names = readonly [string, string, string, string]

/** A Thai national, alive, with a good card, but for what is said. */
export function person(
	running: number,
	pid: Pid,
	title: BilingualText,
	names: Names,
	gender: Person['gender'],
	birth: NamedPerson['birth'],
	rest: Pick<NamedPerson, 'story' | 'household'> &
		Partial<Pick<NamedPerson, 'nationality' | 'status' | 'middleName' | 'card'>>,
): NamedPerson {
	return {
		running,
		pid,
		title,
		givenName: pair(names[0], names[1]),
		familyName: pair(names[2], names[3]),
		middleName: NOTHING,
		gender,
		birth,
		nationality: 'THA',
		status: 'normal',
		card: card(),
		...rest,
	}
}

/** `null` where the register knows no month or no day. */
export const born = (year: number, month: number | null, day: number | null): CalendarDate => ({ year, month, day })

/** A house whose parts that are not said are empty. */
export function house(
	code: string,
	householder: string,
	subdistrictCode: string,
	houseNumber: string,
	rest: Partial<Pick<NamedHousehold, 'village' | 'lane' | 'alley' | 'road'>> = {},
): NamedHousehold {
	return { code, householder, subdistrictCode, houseNumber, village: '', lane: '', alley: '', road: '', ...rest }
}
