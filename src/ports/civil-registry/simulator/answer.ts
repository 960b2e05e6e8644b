import type { Clock } from '../../../lib/clock.ts'
import { thaiDateAt } from '../../../lib/thai/dates.ts'
import { type Answer, type Operation, operations } from '../wire.ts'
import { type CheckedCard, checkByChip, checkByLaser } from './card-check.ts'
import { completeStoredDate } from './dates.ts'
import {
	findCards,
	findOffice,
	findRecord,
	listDistricts,
	listOffices,
	listProvinces,
	type SimulatorDb,
} from './look-ups.ts'
import { drawPortrait } from './portrait.ts'

/** What the simulator says when nothing is wrong with it. @throws ZodError where the question has not its form. */
export async function answer(
	db: SimulatorDb,
	operation: Operation,
	question: unknown,
	clock: Clock,
): Promise<Answer<Operation>> {
	switch (operation) {
		case 'find-person': {
			const { pid } = operations[operation].question.parse(question)
			return { pid, record: await findRecord(db, pid) }
		}
		case 'portrait': {
			const { pid } = operations[operation].question.parse(question)
			return { pid, portrait: await portraitOf(db, pid) }
		}
		case 'check-card-by-laser': {
			const query = operations[operation].question.parse(question)
			return { pid: query.pid, check: checkByLaser(await checkedCards(db, query.pid), query, thaiDateAt(clock.now())) }
		}
		case 'check-card-by-chip': {
			const query = operations[operation].question.parse(question)
			return { pid: query.pid, check: checkByChip(await checkedCards(db, query.pid), query, thaiDateAt(clock.now())) }
		}
		case 'provinces':
			return { provinces: await listProvinces(db) }
		case 'districts': {
			const { provinceCode } = operations[operation].question.parse(question)
			return { provinceCode, districts: await listDistricts(db, provinceCode) }
		}
		case 'offices': {
			const { districtCode } = operations[operation].question.parse(question)
			return { districtCode, offices: await listOffices(db, districtCode) }
		}
		case 'office': {
			const { code } = operations[operation].question.parse(question)
			return { code, office: await findOffice(db, code) }
		}
	}
}

/** The face as it was when the card was made. */
async function portraitOf(db: SimulatorDb, pid: string): Promise<Answer<'portrait'>['portrait']> {
	const record = await findRecord(db, pid)
	if (!record?.card) return null
	const { gender, birthdate, title } = record.person
	const age = completeStoredDate
		? record.card.issuedOn.year - birthdate.year
		: 0
	const svg = drawPortrait({ pid, gender, age, monk: title.th === 'พระ' })
	return { mediaType: 'image/svg+xml', base64: new TextEncoder().encode(svg).toBase64() }
}

async function checkedCards(db: SimulatorDb, pid: string): Promise<CheckedCard[]> {
	const rows = await findCards(db, pid)
	return rows.map(({ card, status, givenTh, familyTh, birthdate }) => ({
		number: card.number,
		laserCode: card.laserCode,
		chipNumber: card.chipNumber,
		status: card.status,
		expiresOn: card.expiresOn,
		latest: card.latest === true,
		printedName: {
			givenTh: card.printedName?.givenName.th ?? givenTh,
			familyTh: card.printedName?.familyName.th ?? familyTh,
		},
		holder: { status, birthdate },
	}))
}
