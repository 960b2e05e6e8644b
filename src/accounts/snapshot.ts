import type { CalendarDate, CompleteDate } from '../lib/thai/dates.ts'
import { formatPid } from '../lib/thai/pid.ts'
import type { Vault } from '../lib/vault.ts'
import {
	addressOnCard,
	type BilingualText,
	type Card,
	type Person,
	type RegistryRecord,
} from '../ports/civil-registry/index.ts'
import { displayName } from './names.ts'

/** The person and the card as the AS last answered: what a relying party is told and the card on the phone shows. */
export interface Snapshot {
	person: Person
	/** Without the codes that prove possession of the card: nobody needs them again. */
	card: SnapshotCard
	ial: string
}

export type SnapshotCard = Omit<Card, 'laserCode' | 'chipNumber'>

/** The columns of `accounts` in which a snapshot lives. */
export interface SnapshotRow {
	id: string
	snapshot: string
	ial: string
}

export function toSnapshot(record: RegistryRecord & { card: Card }, ial: string): Snapshot {
	const { laserCode: _laser, chipNumber: _chip, ...card } = record.card
	return { person: record.person, card, ial }
}

/** The value of `accounts.snapshot`. The IAL is not sealed with it: it has a column of its own. */
export function sealSnapshot(vault: Vault, accountId: string, { person, card }: Snapshot): string {
	return vault.seal(place(accountId), JSON.stringify({ person, card }))
}

/** @throws Error where the value was not sealed for this account. */
export function readSnapshot(vault: Vault, account: SnapshotRow): Snapshot {
	const sealed = JSON.parse(vault.open(place(account.id), account.snapshot)) as Pick<Snapshot, 'person' | 'card'>
	return { ...sealed, ial: account.ial }
}

const place = (accountId: string) => ['accounts', accountId, 'snapshot'] as const

/** The face of the card, for its holder or the officer before whom they stand. */
export interface CardFace {
	/** As cards print it, with dashes. */
	pid: string
	/** With title. */
	name: BilingualText
	birthdate: CalendarDate
	gender: 'male' | 'female'
	/** As the card prints it; the register's where the card prints none. */
	address: string | null
	cardNumber: string
	cardIssuedOn: CompleteDate
	cardExpiresOn: CompleteDate | null
	lifelong: boolean
}

export function cardFace({ person, card }: { person: Person; card: SnapshotCard }): CardFace {
	const address = card.printedAddress ?? person.address
	return {
		pid: formatPid(person.pid),
		name: displayName(person),
		birthdate: person.birthdate,
		gender: person.gender,
		address: address && addressOnCard(address),
		cardNumber: card.number,
		cardIssuedOn: card.issuedOn,
		cardExpiresOn: card.expiresOn,
		lifelong: card.expiresOn === null,
	}
}

/** A picture as pages show it. @returns a `data:` URL */
export function dataUrl(picture: { mediaType: string; bytes: Uint8Array }): string {
	return `data:${picture.mediaType};base64,${picture.bytes.toBase64()}`
}
