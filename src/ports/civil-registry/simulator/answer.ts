import type { Clock } from '../../../lib/clock.ts'
import { fromStoredDate, thaiDateAt } from '../../../lib/thai/dates.ts'
import { titles } from '../named-person.ts'
import { type Answer, type Operation, operations } from '../wire.ts'
import { type CheckedCard, checkByChip, checkByLaser } from './card-check.ts'
import { ageOn, completeStoredDate } from './dates.ts'
import * as lookUps from './look-ups.ts'
import { drawPortrait } from './portrait.ts'

/** What the simulator says when nothing is wrong with it. @throws ZodError where the question has not its form. */
export async function answer(
	db: lookUps.SimulatorDb,
	clock: Clock,
	operation: Operation,
	question: unknown,
): Promise<Answer<Operation>> {
	switch (operation) {
		case 'find-person': {
			const { pid } = operations[operation].question.parse(question)
			return { pid, record: await lookUps.findRecord(db, pid) }
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
			return { provinces: await lookUps.listProvinces(db) }
		case 'districts': {
			const { provinceCode } = operations[operation].question.parse(question)
			return { provinceCode, districts: await lookUps.listDistricts(db, provinceCode) }
		}
		case 'offices': {
			const { districtCode } = operations[operation].question.parse(question)
			return { districtCode, offices: await lookUps.listOffices(db, districtCode) }
		}
		case 'office': {
			const { code } = operations[operation].question.parse(question)
			return { code, office: await lookUps.findOffice(db, code) }
		}
	}
}

/** The face as it was when the latest card was made. */
async function portraitOf(db: lookUps.SimulatorDb, pid: string): Promise<Answer<'portrait'>['portrait']> {
	const sitter = await lookUps.findSitter(db, pid)
	if (!sitter) return null
	const svg = drawPortrait({
		pid,
		gender: sitter.gender,
		age: ageOn(fromStoredDate(sitter.birthdate), completeStoredDate(sitter.issuedOn)),
		monk: sitter.titleTh === titles.monk.th,
	})
	return { mediaType: 'image/svg+xml', base64: new TextEncoder().encode(svg).toBase64() }
}

async function checkedCards(db: lookUps.SimulatorDb, pid: string): Promise<CheckedCard[]> {
	const rows = await lookUps.findCards(db, pid)
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
