import { schema } from '../../../db/client.ts'
import { noticeExpiry } from '../../../src/authn/index.ts'
import { DAY } from '../../../src/lib/clock.ts'
import { systemRandom } from '../../../src/lib/random.ts'
import { type PersonKey, people, type RegistryChange } from '../../../src/ports/civil-registry/index.ts'
import { newInvitation } from '../../../src/proofing/index.ts'
import { authorizationUrl, exchange } from '../../authn/kit/agency.ts'
import { ISSUER, openStage, outcome, PIN, type Stage } from '../../authn/kit/stage.ts'
import { cardOf, type Options, unlock, unlocking } from '../../authn/kit/unlocking.ts'
import { RpcError } from '../../kit/http-client.ts'
import { type Citizen, enrol, fragmentOf, joinOffice, signInHere } from '../../kit/journeys.ts'

/**
 * Stories that take weeks. Played in process, since only there the clock can be moved; what is refused comes back as
 * its code, and for a suspension with the reason.
 */
export interface Life {
	stage: Stage
	/** A citizen who has enrolled at the office, with the phone in hand. */
	enrolled(person: PersonKey): Promise<Holder>
	desk(): Promise<Desk>
	/** Somebody at any computer, with what the ID card shows. */
	reportsLost(person: PersonKey, proof?: string): Promise<string>
	happens(person: PersonKey, change: RegistryChange): Promise<void>
	daysPass(days: number): void
	/** The night's work: whoever's card runs out is told. */
	nightPasses(): Promise<void>
	close(): Promise<void>
}

export interface Holder extends Citizen {
	/** At the sample agency, on the phone. @returns the name that the agency is told, or why not */
	signsIn(): Promise<{ name: string } | { refused: string }>
	/** What the card says of itself: its state, and the warnings by code. */
	seesCard(): Promise<{ status: string; warnings: string[] } | { refused: string }>
	/** Kinds of notices, newest first. */
	inbox(): Promise<string[]>
	locks(): Promise<string>
	changesPin(to: string): Promise<string>
	givesUp(): Promise<string>
}

export interface Desk {
	enrols(person: PersonKey): Promise<Holder>
	/** A caller says that the phone is gone. @returns what the officer may ask about, or why not */
	looksUpLost(person: PersonKey): Promise<{ name: string; status: string } | { refused: string }>
	suspends(): Promise<string>
	/** The person is at the counter, the phone in hand; the face was compared. */
	takesBack(person: PersonKey): Promise<string>
}

export async function openLife(): Promise<Life> {
	const stage = await openStage()
	await stage.afresh()
	const holder = (citizen: Citizen): Holder => holderOf(stage, citizen)
	return {
		stage,
		enrolled: async (person) => holder(await stage.citizen(person)),
		desk: () => openDesk(stage, holder),
		async reportsLost(person, proof) {
			const record = await stage.registry.findPerson(people[person].pid, 'service')
			const report = {
				pid: people[person].pid,
				birthdate: record?.person.birthdate,
				proof: proof ?? record?.card?.number ?? '',
			}
			return answer(stage.browser().mutate<{ outcome: string }>('lost.report', report))
		},
		happens: (person, change) => stage.registry.edit(people[person].pid, change),
		daysPass: (days) => stage.clock.pass(days * DAY),
		async nightPasses() {
			stage.clock.pass(DAY)
			await noticeExpiry({ ...stage, random: systemRandom })
		},
		close: () => stage.close(),
	}
}

async function openDesk(stage: Stage, holder: (citizen: Citizen) => Holder): Promise<Desk> {
	const browser = stage.browser()
	const wanted = { officeCode: '1306', role: 'officer', issuer: ISSUER, now: stage.clock.now() } as const
	const { link, row } = newInvitation(systemRandom, wanted)
	await stage.db.insert(schema.officerInvitations).values(row)
	await joinOffice(browser, stage.phone(), fragmentOf(link), 'สมศรี ตัวอย่าง')
	let caseId = ''
	return {
		async enrols(person) {
			const citizen = { browser: stage.browser(), phone: stage.phone(), pin: PIN }
			await enrol(browser, citizen, people[person].pid)
			return holder(citizen)
		},
		looksUpLost: (person) =>
			orRefused(async () => {
				const { pid } = people[person]
				const found = await browser.mutate<{ caseId: string; name: { th: string }; status: string }>(
					'office.lookUpLost',
					{ pid },
				)
				caseId = found.caseId
				return { name: found.name.th, status: found.status }
			}),
		suspends: () => answer(browser.mutate('office.suspendLost', { caseId, reason: 'stolen', callerAsked: true })),
		async takesBack(person) {
			const found = await browser.mutate<{ caseId: string }>('office.lookUp', { pid: people[person].pid })
			return answer(browser.mutate('office.thaw', { caseId: found.caseId, faceConfirmed: true }))
		},
	}
}

function holderOf(stage: Stage, citizen: Citizen): Holder {
	const { browser } = citizen
	const fetch = (request: Request) => Promise.resolve(stage.app.fetch(request))
	const opened = async () => {
		const unlocked = await unlock(citizen)
		if (unlocked.outcome !== 'unlocked') throw new Error('the PIN is wrong')
	}
	const act = async (name: 'me.changePin' | 'me.end', input: object) => {
		await opened()
		const { options } = await browser.mutate<{ options: Options }>(`${name}Options`, input)
		return answer(browser.mutate<{ outcome: string }>(name, { ...(await unlocking(citizen, options)), ...input }))
	}
	return {
		...citizen,
		signsIn: () =>
			orRefused(async () => {
				const location = await signInHere(citizen, authorizationUrl(ISSUER, { prompt: 'login' }))
				return { name: String((await exchange(fetch, ISSUER, location)).claims.name) }
			}),
		seesCard: () =>
			orRefused(async () => {
				await opened()
				const { status, warnings } = await cardOf(browser)
				return { status, warnings: warnings.map(({ code }) => code) }
			}),
		async inbox() {
			await opened()
			return (await browser.query<{ kind: string }[]>('notices.list', {})).map(({ kind }) => kind)
		},
		async locks() {
			await opened()
			return answer(browser.mutate<{ outcome: string }>('me.freeze', {}))
		},
		async changesPin(to) {
			const changed = await act('me.changePin', { newPin: to })
			citizen.pin = to
			return changed
		},
		givesUp: () => act('me.end', {}),
	}
}

/** What an act answers, or the code of the refusal. */
async function answer(act: Promise<{ outcome: string } | unknown>): Promise<string> {
	let said = ''
	const code = await outcome(
		act.then((answered) => {
			said = (answered as { outcome: string }).outcome
		}),
	)
	return code === 'ok' ? said : code
}

async function orRefused<T>(act: () => Promise<T>): Promise<T | { refused: string }> {
	try {
		return await act()
	} catch (error) {
		if (!(error instanceof RpcError) || error.code === 'internal') throw error
		const { reason } = error.detail as { reason?: string }
		return { refused: reason ?? error.code }
	}
}
