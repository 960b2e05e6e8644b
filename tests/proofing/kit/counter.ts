import type { Client, InStatement } from '@libsql/client'
import { drizzle } from 'drizzle-orm/libsql'
import { type Db, drizzleConfig, prepareClient, schema } from '../../../db/client.ts'
import { createActMemory, createWake, type PublicKeyCredentialCreationOptionsJSON } from '../../../src/authn/index.ts'
import { LIMITS } from '../../../src/env.ts'
import type { Clock } from '../../../src/lib/clock.ts'
import { hashSecret } from '../../../src/lib/crypto.ts'
import { isServiceError, type ServiceErrorCode } from '../../../src/lib/errors.ts'
import { newSecret, systemRandom } from '../../../src/lib/random.ts'
import { type RpcContext, router } from '../../../src/lib/rpc.ts'
import { createVault, type Vault } from '../../../src/lib/vault.ts'
import { type PersonKey, people } from '../../../src/ports/civil-registry/index.ts'
import { openSimulator } from '../../../src/ports/civil-registry/simulator/index.ts'
import {
	createEnrolRouter,
	createOfficeRouter,
	findOfficer,
	newInvitation,
	ownPidIndex,
	PROOFING_DEFAULTS,
	type ProofingNeeds,
} from '../../../src/proofing/index.ts'
import { memoryDb } from '../../kit/db.ts'
import { OFFICER_PID } from '../../kit/journeys.ts'
import { createPhone, type Phone } from '../../kit/phone.ts'

/**
 * A registration office at router level: a database of its own, the synthetic country, a clock that the test sets, an
 * officer and citizens with phones. Statements can be looked at and turned on their way to the database.
 */
export const ISSUER = 'http://localhost:8787'
/** 2026-11-25 10:00 in Thailand. */
export const MORNING = Date.UTC(2026, 10, 25, 3, 0, 0)
export const PIN = '83510694'

export interface HandClock extends Clock {
	pass(ms: number): void
}

export function handClock(start = MORNING): HandClock {
	let at = start
	return {
		now: () => at,
		pass: (ms) => {
			at += ms
		},
	}
}

/** What a test does to a trip: returns the statements to run instead, or throws. Called again with the outcome. */
export interface Tap {
	before?(statements: InStatement[]): InStatement[] | Promise<InStatement[]>
	after?(statements: InStatement[]): void | Promise<void>
}

/** A client whose trips can be tapped, batches and single statements alike. */
export function tapped(client: Client, tap: Tap): Client {
	const run = async (statements: InStatement[], go: (given: InStatement[]) => Promise<unknown>) => {
		const given = (await tap.before?.(statements)) ?? statements
		const outcome = await go(given)
		await tap.after?.(given)
		return outcome
	}
	return new Proxy(client, {
		get(target, property) {
			if (property === 'batch')
				return (statements: InStatement[], mode?: 'write' | 'read') =>
					run(statements, (given) => target.batch(given, mode))
			if (property === 'execute')
				return (statement: InStatement) => run([statement], ([given]) => target.execute(given as InStatement))
			const value = Reflect.get(target, property) as unknown
			return typeof value === 'function' ? value.bind(target) : value
		},
	})
}

export const asDb = (client: Client): Db => drizzle(prepareClient(client), drizzleConfig)

export const createRouter = (needs: ProofingNeeds) =>
	router({ office: createOfficeRouter(needs), enrol: createEnrolRouter(needs) })

type Caller = ReturnType<ReturnType<typeof createRouter>['createCaller']>

/** A browser: a cookie jar and the phone or key that is in the same hands. */
export class Visitor {
	readonly cookies = new Map<string, string>([['__Host-browser', newSecret(systemRandom)]])
	readonly phone: Phone
	constructor(
		readonly needs: ProofingNeeds,
		phone?: Phone,
	) {
		this.phone = phone ?? createPhone({ rpId: needs.rp.id, origin: ISSUER })
	}

	get browserHash(): string {
		return hashSecret(this.cookies.get('__Host-browser') ?? '')
	}

	request(): Request {
		const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
		return new Request(`${ISSUER}/trpc/x`, { headers: { cookie } })
	}

	/** One call, as one request. The same key is the same act. */
	async call<T>(act: (caller: Caller) => Promise<T>, { key = newSecret(systemRandom) } = {}): Promise<T> {
		const { needs } = this
		const request = this.request()
		const responseHeaders = new Headers()
		const context: RpcContext = {
			request,
			responseHeaders,
			actKey: hashSecret(`${this.browserHash}/${key}`),
			browser: async () => ({ hash: this.browserHash }),
			citizen: async () => null,
			officer: () => findOfficer(needs, request),
			isUnavailable: () => false,
			acts: createActMemory(needs, responseHeaders),
		}
		const outcome = await act(createRouter(needs).createCaller(context))
		for (const set of responseHeaders.getSetCookie()) {
			const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(set) ?? []
			if (value === '') this.cookies.delete(name)
			else this.cookies.set(name, value)
		}
		return outcome
	}
}

export interface Counter {
	needs: ProofingNeeds
	db: Db
	client: Client
	vault: Vault
	clock: HandClock
	registry: Awaited<ReturnType<typeof openSimulator>>
	officer: Visitor
	visitor(phone?: Phone): Visitor
	/** The same office with some needs changed: another database connection, say. */
	with(change: Partial<ProofingNeeds>): ProofingNeeds
	close(): void
}

let country: ReturnType<typeof openSimulator> | undefined

/** One country for a whole test file; its named people are put back for each counter. */
async function freshCountry(): Promise<Awaited<ReturnType<typeof openSimulator>>> {
	country ??= openSimulator({ file: ':memory:', population: 60, clock: handClock() })
	const opened = await country
	await opened.restoreNamedPeople()
	opened.faults.clear()
	return opened
}

export async function openCounter(change: Partial<ProofingNeeds> = {}): Promise<Counter> {
	const { db, client, close } = await memoryDb()
	return counterOver(db, client, close, change)
}

export async function counterOver(
	db: Db,
	client: Client,
	close: () => void,
	change: Partial<ProofingNeeds> = {},
): Promise<Counter> {
	const clock = handClock()
	const vault = createVault([{ version: 1, key: systemRandom.bytes(32) }], systemRandom)
	const registry = await freshCountry()
	const needs: ProofingNeeds = {
		db,
		vault,
		clock,
		random: systemRandom,
		registry,
		rp: { id: 'localhost', name: 'DOPA Digital ID', origins: [ISSUER] },
		issuer: ISSUER,
		wake: createWake(),
		peer: () => ({ address: '192.0.2.7', place: null }),
		limits: LIMITS.signIn,
		settings: PROOFING_DEFAULTS,
		ownPidIndex: (officerId) => ownPidIndex(needs, officerId),
		...change,
	}
	const officer = await joinedOfficer(needs)
	return {
		needs,
		db,
		client,
		vault,
		clock,
		registry,
		officer,
		visitor: (phone) => new Visitor(needs, phone),
		with: (other) => ({ ...needs, ...other }),
		close,
	}
}

export const tokenOf = (link: string): string => new URL(link).hash.slice(1)

/** An invitation's token, as the operator's command makes it. */
export async function invite(needs: ProofingNeeds, officeCode = '1306'): Promise<string> {
	const { link, row } = newInvitation(systemRandom, {
		officeCode,
		role: 'officer',
		issuer: ISSUER,
		now: needs.clock.now(),
	})
	await needs.db.insert(schema.officerInvitations).values(row)
	return tokenOf(link)
}

export async function joinedOfficer(
	needs: ProofingNeeds,
	{ officeCode = '1306', pid = OFFICER_PID } = {},
): Promise<Visitor> {
	const officer = new Visitor(needs)
	const token = await invite(needs, officeCode)
	const { options } = await officer.call((caller) => caller.office.joinOptions({ token }))
	const response = await officer.phone.create(options)
	await officer.call((caller) => caller.office.join({ token, name: 'เจ้าหน้าที่ ทดสอบ', pid, response }))
	return officer
}

export const pidOf = (person: PersonKey): string => people[person].pid

/** The officer's part: look-up, face, link. @returns the link's token and the case */
export async function issue(officer: Visitor, person: PersonKey): Promise<{ token: string; caseId: string }> {
	const { caseId } = await officer.call((caller) => caller.office.lookUp({ pid: pidOf(person) }))
	const { link } = await officer.call((caller) => caller.office.issueLink({ caseId, faceConfirmed: true }))
	return { token: tokenOf(link), caseId }
}

/** The citizen's part up to the finish: what would be sent. */
export async function prepare(citizen: Visitor, token: string, pin = PIN) {
	await citizen.call((caller) => caller.enrol.open({ token }))
	const { options } = await citizen.call((caller) => caller.enrol.options({ token, pin, onPhone: true }))
	return answerOptions(citizen, token, options, pin)
}

export async function answerOptions(
	{ phone }: Visitor,
	token: string,
	options: PublicKeyCredentialCreationOptionsJSON,
	pin = PIN,
) {
	const response = await phone.create(options)
	return { token, pin, response, browserKey: await phone.browserKeyProof(response) }
}

/** A whole enrolment, told by its parts elsewhere. */
export async function enrolPerson(officer: Visitor, citizen: Visitor, person: PersonKey) {
	const { token, caseId } = await issue(officer, person)
	const input = await prepare(citizen, token)
	const outcome = await citizen.call((caller) => caller.enrol.finish(input))
	return { token, caseId, outcome }
}

/** The code with which a call is refused. @throws Error where it is not refused, or by a bug */
export async function refusal(call: Promise<unknown>): Promise<ServiceErrorCode> {
	try {
		await call
	} catch (error) {
		const cause = error instanceof Error ? error.cause : undefined
		if (isServiceError(cause)) return cause.code
		if (isServiceError(error)) return error.code
		throw error
	}
	throw new Error('the call was not refused')
}

/** Every row of the tables that proofing writes, to compare what was before and after. */
export async function everything(db: Db): Promise<Record<string, unknown[]>> {
	const tables = {
		accounts: schema.accounts,
		passkeys: schema.passkeys,
		pins: schema.pins,
		devices: schema.devices,
		sessions: schema.sessions,
		sessionClients: schema.sessionClients,
		logoutDeliveries: schema.logoutDeliveries,
		grants: schema.grants,
		accessTokens: schema.accessTokens,
		refreshTokens: schema.refreshTokens,
		codes: schema.codes,
		signIns: schema.signIns,
		enrolments: schema.enrolments,
		events: schema.events,
		notices: schema.notices,
		acts: schema.acts,
		challenges: schema.challenges,
		officers: schema.officers,
		officerPasskeys: schema.officerPasskeys,
		officerInvitations: schema.officerInvitations,
		officerSessions: schema.officerSessions,
	}
	const found: Record<string, unknown[]> = {}
	for (const [name, table] of Object.entries(tables)) found[name] = await db.select().from(table)
	return found
}
