import { schema } from '../../../db/client.ts'
import { systemRandom } from '../../../src/lib/random.ts'
import { type PersonKey, people } from '../../../src/ports/civil-registry/index.ts'
import { newInvitation } from '../../../src/proofing/index.ts'
import { type Citizen, enrol, fragmentOf, joinOffice } from '../../kit/journeys.ts'
import { ISSUER, PIN, type Stage } from './stage.ts'

/** The citizen goes to an office and enrols anew, on another phone. @returns the new device */
export async function enrolsAnew(stage: Stage, person: PersonKey): Promise<Citizen> {
	const officer = stage.browser()
	const wanted = { officeCode: '1306', role: 'officer', issuer: ISSUER, now: stage.clock.now() } as const
	const { link, row } = newInvitation(systemRandom, wanted)
	await stage.db.insert(schema.officerInvitations).values(row)
	await joinOffice(officer, stage.phone(), fragmentOf(link), 'เจ้าหน้าที่ ทดสอบ')
	const citizen = { browser: stage.browser(), phone: stage.phone(), pin: PIN }
	await enrol(officer, citizen, people[person].pid)
	return citizen
}
