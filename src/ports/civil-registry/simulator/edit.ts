import { and, eq, or, type SQL, sql } from 'drizzle-orm'
import type { BatchItem } from 'drizzle-orm/batch'
import { type CompleteDate, toStoredDate } from '../../../lib/thai/dates.ts'
import { syntheticCardNumber, syntheticChipNumber, syntheticLaserCode } from '../numbers.ts'
import type { BilingualText } from '../port.ts'
import type { RegistryChange } from '../simulation.ts'
import { addDays, inYear } from './dates.ts'
import { type Found, findRow, type SimulatorDb, toCard } from './look-ups.ts'
import { CARD_YEARS } from './rows.ts'
import { cards, households, persons } from './tables.ts'

type Statements = BatchItem<'sqlite'>[]

/**
 * Makes a change in one batch, so that nobody sees half of it. The register and the card are two things: where the
 * register changes, the card keeps its old words and ends.
 * @throws Error without any number in it where there is no such person, card or house.
 */
export async function edit(db: SimulatorDb, pid: string, change: RegistryChange, today: CompleteDate): Promise<void> {
	const found = await findRow(db, pid)
	if (!found) throw new Error('the simulator knows no such person')
	if (change.act === 'move') await mustBeAnotherHouse(db, found.person.houseCode, change.houseCode)
	const [first, ...rest] = statementsFor(db, found, change, today)
	if (first) await db.batch([first, ...rest])
}

function statementsFor(db: SimulatorDb, found: Found, change: RegistryChange, today: CompleteDate): Statements {
	switch (change.act) {
		case 'renewCard':
			return renewCard(db, found, change.expiresInDays, today)
		case 'changeName':
			return changeName(db, found, change)
		case 'move':
			return [
				...keepPrintedWords(db, found, 'address_changed'),
				db.update(persons).set({ houseCode: change.houseCode }).where(eq(persons.pid, found.person.pid)),
				...leaveHouse(db, found.person.houseCode, found.person.pid, 'old-house'),
			]
		case 'die':
			return setStatus(db, found, 'dead')
		case 'setStatus':
			return setStatus(db, found, change.status)
		case 'loseCard':
			return [updateCard(db, found, { status: 'lost' })]
		case 'setCardStatus':
			return [updateCard(db, found, { status: change.status })]
		case 'setCardExpiry':
			return [setCardExpiry(db, found, change.inDays, today)]
	}
}

async function mustBeAnotherHouse(db: SimulatorDb, from: string | null, to: string | null): Promise<void> {
	if (from === to) throw new Error('the person lives there already')
	if (to === null) return
	const [house] = await db.select({ code: households.code }).from(households).where(eq(households.code, to))
	if (!house) throw new Error('the simulator knows no such house')
}

const latestOf = (pid: string): SQL | undefined => and(eq(cards.pid, pid), eq(cards.latest, true))

function updateCard(db: SimulatorDb, { person, card }: Found, change: Partial<typeof cards.$inferInsert>) {
	if (!card) throw new Error('the person has no card')
	return db.update(cards).set(change).where(latestOf(person.pid))
}

function setCardExpiry(db: SimulatorDb, found: Found, inDays: number | null, today: CompleteDate) {
	if (inDays === null) return updateCard(db, found, { expiresOn: null })
	const expiresOn = addDays(today, inDays)
	const issued = found.card?.issuedOn ?? ''
	return updateCard(db, found, {
		expiresOn: toStoredDate(expiresOn),
		// A card does not end before it began.
		issuedOn: issued > toStoredDate(expiresOn) ? toStoredDate(yearsBefore(expiresOn)) : issued,
	})
}

const yearsBefore = (date: CompleteDate): CompleteDate => inYear(date, date.year - CARD_YEARS)

/** Writes onto the card what it prints, before the register moves on; a card that was normal ends. */
function keepPrintedWords(db: SimulatorDb, found: Found, reason: 'name_changed' | 'address_changed'): Statements {
	if (!found.card) return []
	const { printedName, printedAddress } = toCard(found.card, found)
	const stillStands = found.card.status === 'normal' || found.card.status === 'address_changed'
	return [
		updateCard(db, found, {
			printedName,
			printedAddress,
			...(stillStands ? { status: reason } : {}),
		}),
	]
}

function changeName(db: SimulatorDb, found: Found, change: RegistryChange & { act: 'changeName' }): Statements {
	const words = (key: 'title' | 'given' | 'middle' | 'family', text: BilingualText | undefined) =>
		text ? { [`${key}Th`]: text.th, [`${key}En`]: text.en } : {}
	const changed = {
		...words('title', change.title),
		...words('given', change.givenName),
		...words('middle', change.middleName),
		...words('family', change.familyName),
	}
	if (Object.keys(changed).length === 0) throw new Error('a change of name changes a name')
	return [
		...keepPrintedWords(db, found, 'name_changed'),
		db.update(persons).set(changed).where(eq(persons.pid, found.person.pid)),
	]
}

function renewCard(
	db: SimulatorDb,
	{ person, card }: Found,
	days: number | undefined,
	today: CompleteDate,
): Statements {
	const generation = card ? Number(card.number.slice(-2)) + 1 : 1
	const expiresOn = days === undefined ? inYear(today, today.year + CARD_YEARS) : addDays(today, days)
	return [
		db.update(cards).set({ latest: null, status: 'cancelled' }).where(latestOf(person.pid)),
		db.insert(cards).values({
			number: syntheticCardNumber(person.running, generation),
			pid: person.pid,
			latest: true,
			status: 'normal',
			laserCode: syntheticLaserCode(person.running, generation),
			chipNumber: syntheticChipNumber(person.running, generation),
			issuedOn: toStoredDate(days !== undefined && days < 0 ? yearsBefore(expiresOn) : today),
			expiresOn: toStoredDate(expiresOn),
			officeCode: person.houseCode?.slice(0, 4) ?? card?.officeCode ?? '1001',
		}),
	]
}

function setStatus(db: SimulatorDb, found: Found, status: Found['person']['status']): Statements {
	const { pid, houseCode } = found.person
	const leaves = status === 'dead' || status === 'removed'
	if (!leaves) return [db.update(persons).set({ status }).where(eq(persons.pid, pid))]
	return [
		...keepPrintedWords(db, found, 'address_changed'),
		db.update(cards).set({ status: 'cancelled' }).where(latestOf(pid)),
		db.update(persons).set({ status, houseCode: null }).where(eq(persons.pid, pid)),
		...leaveHouse(db, houseCode, pid, 'every-house'),
	]
}

/**
 * A household keeps exactly one householder: the eldest who stays takes over, the living and present first. When
 * nobody stays, the household ends. Who moves stays the householder of a second house; who dies of none.
 */
function leaveHouse(
	db: SimulatorDb,
	houseCode: string | null,
	pid: string,
	which: 'old-house' | 'every-house',
): Statements {
	const left = or(
		houseCode === null ? undefined : eq(households.code, houseCode),
		which === 'every-house' ? eq(households.householderPid, pid) : undefined,
	)
	if (!left) return []
	const heir = sql`(SELECT ${persons.pid} FROM ${persons} WHERE ${persons.houseCode} = ${households.code}
		ORDER BY ${persons.status} = 'normal' DESC, ${persons.birthdate} LIMIT 1)`
	return [
		db
			.delete(households)
			.where(and(left, sql`NOT EXISTS (SELECT 1 FROM ${persons} WHERE ${persons.houseCode} = ${households.code})`)),
		db
			.update(households)
			.set({ householderPid: heir })
			.where(and(left, eq(households.householderPid, pid))),
	]
}
