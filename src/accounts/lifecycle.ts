import type { ServiceErrorCode } from '../lib/errors.ts'
import { type CompleteDate, daysBetween } from '../lib/thai/dates.ts'
import type { BilingualText, Card, RegistryRecord } from '../ports/civil-registry/index.ts'
import type { Snapshot } from './snapshot.ts'

/**
 * The rules of life: what the authoritative source's answer means for a digital ID. Pure: a table of card × dates ×
 * what was before → what holds now.
 *
 * | the AS says | the digital ID |
 * |---|---|
 * | no such person, dead, not in a register, no longer Thai | suspended |
 * | name changed since the card was made | suspended |
 * | card lost, damaged, cancelled, abnormal | suspended |
 * | card ended because the address changed | works, with a warning |
 * | card expires within 7 days | works, with a warning |
 * | card expired 1 … 60 days ago | works, with a warning each time |
 * | card expired more than 60 days ago | suspended |
 * | a new card, status normal | works; its data are taken over, and a suspension for name, card or expiry ends |
 */

export const WARN_DAYS_BEFORE_EXPIRY = 7
export const GRACE_DAYS_AFTER_EXPIRY = 60

/** Reasons that the AS's answer gives. */
export type RegistryReason = Extract<
	ServiceErrorCode,
	| 'person_not_found'
	| 'person_not_alive'
	| 'person_status_not_normal'
	| 'person_not_thai'
	| 'card_none'
	| 'card_name_changed'
	| 'card_lost'
	| 'card_cancelled'
	| 'card_abnormal'
	| 'card_expired'
>

/** `frozen`: by an authority's order. `device_lost`: the citizen, or an officer for them, said that the phone is gone. */
export type SuspensionReason = RegistryReason | 'frozen' | 'device_lost'

export interface LifecycleWarning {
	code: 'card_expires_soon' | 'card_expired_grace' | 'card_address_changed'
	/** Days until the card expires, or until the grace ends; 0 is today. */
	days?: number
}

export type Verdict = Working | Suspended

interface Working {
	state: 'active' | 'warned' | 'grace'
	reason: null
	warnings: LifecycleWarning[]
	/** A new card's data take the place of the old one's. */
	dataUpdated: boolean
}

interface Suspended {
	state: 'suspended'
	reason: SuspensionReason
	warnings: LifecycleWarning[]
	dataUpdated: false
}

export interface LifecycleQuestion {
	/** The AS's answer; null where it knows no such person. */
	record: RegistryRecord | null
	/** What was stored while the digital ID last worked. */
	before: Pick<Snapshot, 'person' | 'card'>
	/** The day in Thailand. */
	today: CompleteDate
	account: { status: 'active' | 'suspended' | 'ended'; statusReason: string | null }
}

export interface PersonName {
	givenName: BilingualText
	middleName: BilingualText
	familyName: BilingualText
}

/**
 * Suspensions that no card lifts. A death that the register took back, an authority's order and a lost phone are ended
 * by people, at an office: by a new enrolment.
 */
const LASTING: readonly string[] = ['person_not_alive', 'frozen', 'device_lost'] satisfies SuspensionReason[]

/**
 * What holds from now on. The caller stores the answer as the new snapshot only where the verdict is not `suspended`:
 * while suspended, the old card is what a new one is told from.
 *
 * What it does not check: whether the answer is fresh, or whether the account has ended.
 */
export function evaluate({ record, before, today, account }: LifecycleQuestion): Verdict {
	const standing = account.status === 'suspended' ? account.statusReason : null
	if (standing && LASTING.includes(standing)) return suspended(standing as SuspensionReason)
	const found = reasonIn(record, before, today)
	if (found) return suspended(found)
	if (!record?.card) return suspended('card_none')
	const { card } = record
	const isNew = card.number !== before.card.number
	// Only a new, normal card ends a suspension: the same card being "normal" again is not what the citizen was told to get.
	const lifts = isNew && card.status === 'normal' && !isExpired(card, today)
	if (account.status === 'suspended' && !lifts) return suspended((standing ?? 'card_abnormal') as SuspensionReason)
	return { ...workingState(card, today), reason: null, dataUpdated: isNew }
}

const suspended = (reason: SuspensionReason): Suspended => ({
	state: 'suspended',
	reason,
	warnings: [],
	dataUpdated: false,
})

/** The first reason in the answer not to go on, the gravest first. */
function reasonIn(
	record: RegistryRecord | null,
	before: LifecycleQuestion['before'],
	today: CompleteDate,
): RegistryReason | null {
	if (!record) return 'person_not_found'
	const { person, card } = record
	const personal = personReason(record)
	if (personal) return personal
	if (!card) return 'card_none'
	if (nameDiffersFromCard(record) || (card.number === before.card.number && !sameName(person, before.person)))
		return 'card_name_changed'
	const status = cardReason(card)
	if (status && status !== 'card_address_changed') return status
	return daysPast(card, today) > GRACE_DAYS_AFTER_EXPIRY ? 'card_expired' : null
}

/** What is not right with the person, whatever the card says. */
export function personReason({ person }: RegistryRecord): RegistryReason | null {
	switch (person.status) {
		case 'dead':
			return 'person_not_alive'
		case 'missing':
		case 'removed':
			return 'person_status_not_normal'
		case 'normal':
			return person.nationality === 'THA' ? null : 'person_not_thai'
	}
}

/** What is not right with the card's status; the day is looked at elsewhere. */
export function cardReason(card: Card): RegistryReason | 'card_address_changed' | null {
	switch (card.status) {
		case 'normal':
			return null
		case 'name_changed':
			return 'card_name_changed'
		case 'address_changed':
			return 'card_address_changed'
		case 'lost':
			return 'card_lost'
		case 'cancelled':
			return 'card_cancelled'
		case 'damaged':
		case 'abnormal':
			return 'card_abnormal'
	}
}

/** The register has another name than the latest card prints. A title alone (เด็กชาย to นาย at 15) is no change of name. */
export function nameDiffersFromCard({ person, card }: RegistryRecord): boolean {
	return card !== null && !sameName(person, card.printedName)
}

function sameName(a: PersonName, b: PersonName): boolean {
	return a.givenName.th === b.givenName.th && a.middleName.th === b.middleName.th && a.familyName.th === b.familyName.th
}

/** Whole days since the last day on which the card was valid; 0 or less while it is; never for a lifelong card. */
function daysPast(card: Card, today: CompleteDate): number {
	return card.expiresOn ? daysBetween(card.expiresOn, today) : Number.NEGATIVE_INFINITY
}

/** A card is valid through the whole day that it prints. */
export function isExpired(card: Card, today: CompleteDate): boolean {
	return daysPast(card, today) > 0
}

/** @param card one that is no reason for a suspension */
function workingState(card: Card, today: CompleteDate): Pick<Working, 'state' | 'warnings'> {
	const warnings: LifecycleWarning[] = []
	if (card.status === 'address_changed') warnings.push({ code: 'card_address_changed' })
	const past = daysPast(card, today)
	if (past > 0) {
		warnings.push({ code: 'card_expired_grace', days: GRACE_DAYS_AFTER_EXPIRY - past })
		return { state: 'grace', warnings }
	}
	if (past >= -WARN_DAYS_BEFORE_EXPIRY) warnings.push({ code: 'card_expires_soon', days: past === 0 ? 0 : -past })
	return { state: warnings.length > 0 ? 'warned' : 'active', warnings }
}
