import type { CalendarDate, CompleteDate } from '../../lib/thai/dates.ts'
import type { Pid } from '../../lib/thai/pid.ts'

/**
 * The authoritative source (AS): the civil registry of the Bureau of Registration Administration. It is somebody
 * else's system; this port is the only way to it. Adapters: `simulator/` (embedded, a synthetic country in a database
 * of its own) and `linkage/` (HTTP). Both pass `tests/contracts/civil-registry`.
 *
 * Every method throws `RegistryUnavailable` where there is no answer to build on, and nothing else: an answer that
 * came has its form, is possible, and is about the number that was asked for.
 *
 * What the port does not check: whether the caller may ask. Each look-up carries a purpose, and the caller writes the
 * audit event.
 */
export interface CivilRegistry {
	/** The person and the latest card, as the register has them now. `null`: the register knows no such number. */
	findPerson(pid: Pid, purpose: LookUpPurpose): Promise<RegistryRecord | null>
	/** The portrait that was taken for the latest card; `null` where there is none. */
	portrait(pid: Pid, purpose: LookUpPurpose): Promise<Portrait | null>
	/** CheckCardByLaser of the card-status service: says yes or no, never which field was wrong. */
	checkCardByLaser(query: LaserQuery): Promise<CardCheck>
	/** CheckCardByCID of the card-status service. */
	checkCardByChip(query: ChipQuery): Promise<CardCheck>
	provinces(): Promise<Province[]>
	districts(provinceCode: string): Promise<District[]>
	/** Registration offices, of one district or of the whole country. */
	offices(districtCode?: string): Promise<RegistrationOffice[]>
	office(code: string): Promise<RegistrationOffice | null>
}

export type LookUpPurpose = 'enrolment' | 'sign-in' | 'my-data' | 'card-check' | 'lost-device' | 'service'

/** The AS did not answer, or answered what cannot be true. Nothing may be concluded from it. */
export class RegistryUnavailable extends Error {
	override readonly name = 'RegistryUnavailable'
	constructor(readonly reason: 'timeout' | 'down' | 'malformed') {
		super(`the civil registry is unavailable: ${reason}`)
	}
}

export interface RegistryRecord {
	person: Person
	/** The latest card; `null` where the person never had one. */
	card: Card | null
}

export interface Person {
	pid: Pid
	/** The register's word, not the first digit's. ISO 3166-1 alpha-3, `THA` for Thai; `null` where none is recorded. */
	nationality: string | null
	status: PersonStatus
	title: BilingualText
	givenName: BilingualText
	/** Empty in both languages for most people. */
	middleName: BilingualText
	familyName: BilingualText
	gender: 'male' | 'female'
	birthdate: CalendarDate
	/** Where the person stands in a house register; `null` for the few who stand in none. */
	address: Address | null
	/** 11 digits; `null` as `address`. */
	houseCode: string | null
	houseRole: 'householder' | 'resident' | null
}

/** `normal` lives and stands in a register; every other word is a reason to refuse. */
export type PersonStatus = 'normal' | 'dead' | 'missing' | 'removed'

export interface BilingualText {
	th: string
	en: string
}

/**
 * The parts of an address; Thai only, since cards print no English one. Places are bare names (`คูคต`, not `ตำบลคูคต`),
 * and what an address has not is empty; `addressOnCard` makes the line that cards print.
 */
export interface Address {
	houseNumber: string
	/** หมู่ที่ */
	village: string
	/** ตรอก */
	lane: string
	/** ซอย */
	alley: string
	road: string
	subdistrict: string
	district: string
	province: string
	/** Codes of the Department: 2, 4 and 6 digits. */
	provinceCode: string
	districtCode: string
	subdistrictCode: string
}

export interface Card {
	/** The number under the photo (BP1), digits. It counts up with each new card. */
	number: string
	/** 12 characters; `null` on cards without one (lifelong cards that are not smart cards). */
	laserCode: string | null
	/** Chip number (CID); `null` on cards without a chip. */
	chipNumber: string | null
	status: CardStatus
	issuedOn: CompleteDate
	/** `null` = lifelong (ตลอดชีพ). */
	expiresOn: CompleteDate | null
	issuingOffice: string
	/** What the card prints: may differ from the register after a change of name, a move or a death. */
	printedName: { title: BilingualText; givenName: BilingualText; middleName: BilingualText; familyName: BilingualText }
	printedAddress: Address | null
}

/**
 * The latest card's status. `expired` is not among them: it follows from `expiresOn` and the day.
 * `name_changed` and `address_changed`: the card ended because the register changed.
 */
export type CardStatus = 'normal' | 'name_changed' | 'address_changed' | 'lost' | 'damaged' | 'cancelled' | 'abnormal'

export interface Portrait {
	mediaType: 'image/svg+xml' | 'image/jpeg' | 'image/png'
	bytes: Uint8Array
}

export interface LaserQuery {
	pid: Pid
	/** Thai, without title. */
	givenName: string
	familyName: string
	birthdate: CalendarDate
	laserCode: string
}

export interface ChipQuery {
	pid: Pid
	chipNumber: string
	cardNumber: string
}

/** The service's own codes: 0 normal · 1 chip abnormal · 2 card ended (reason in `text`) · 4 data does not match · 5 incomplete. */
export interface CardCheck {
	code: 0 | 1 | 2 | 4 | 5
	/** Thai, the service's wording. For officers; never shown to a citizen as it stands. */
	text: string
}

export interface Province {
	code: string
	name: BilingualText
}

export interface District {
	code: string
	provinceCode: string
	name: BilingualText
}

export interface RegistrationOffice {
	/** 4 digits: digits 2–5 of the citizen numbers that it gives. */
	code: string
	name: BilingualText
	kind: 'district' | 'municipality'
	districtCode: string
	provinceCode: string
}
