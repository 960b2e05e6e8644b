import { and, eq, sql } from 'drizzle-orm'
import { atomically, schema } from '../../db/client.ts'
import { canBeFrozen, freeze, livingAccount } from '../accounts/index.ts'
import { accountFrozen, lossReported, recordEvent } from '../audit/index.ts'
import { base64url } from '../lib/bytes.ts'
import { ServiceError } from '../lib/errors.ts'
import { actKeyOf, publicProcedure, router, z } from '../lib/rpc.ts'
import type { CalendarDate } from '../lib/thai/dates.ts'
import { type Pid, parsePid, toArabicDigits } from '../lib/thai/pid.ts'
import { notify } from '../notices/index.ts'
import { type RegistryRecord, RegistryUnavailable } from '../ports/civil-registry/index.ts'
import { rememberAct } from './acts.ts'
import { describeAsker } from './asked-from.ts'
import type { AuthnDeps } from './needs.ts'
import { admit, networkKey } from './throttle.ts'

/**
 * A phone is lost, and with it everything that could prove whose it was, but for the ID card: its number, the birth date,
 * and what only the card shows (the number under the photo, or the code behind it). Whoever has these three can freeze the
 * digital ID from any browser, and can do nothing else. An office takes it back.
 *
 * The answer is one, whatever was wrong, and whether or not there is a digital ID: the same questions are asked of the AS
 * and the same statements run.
 */
export interface LossReport {
	pid: string
	birthdate: CalendarDate
	/** The number under the photo, or the laser code behind it, as typed. */
	proof: string
}

export interface Received {
	outcome: 'received'
}

const { accounts } = schema

/** @throws ServiceError pid_malformed, pid_check_digit, too_many_attempts, registry_unavailable */
export async function reportLoss(
	deps: AuthnDeps,
	by: { request: Request; actKey: string },
	report: LossReport,
): Promise<Received> {
	const { db, clock, vault } = deps
	const read = parsePid(report.pid)
	if ('problem' in read) throw new ServiceError(read.problem)
	await countReport(deps, by.request, read.pid)
	const matches = await isTheirs(deps, read.pid, report)
	const subjectIndex = vault.index('pid', read.pid)
	const found = await db
		.select({ id: accounts.id })
		.from(accounts)
		.where(and(eq(accounts.pidIndex, subjectIndex), livingAccount))
		.get()
	const accountId = found?.id ?? ''
	const guard = sql`${matches ? 1 : 0} = 1 AND ${canBeFrozen(accountId)}`
	const outcome: Received = { outcome: 'received' }
	await atomically(db, [
		recordEvent(db, deps, lossReported({ subjectIndex })),
		rememberAct(db, deps, { actKey: by.actKey, procedure: 'lost.report', input: report, outcome }, sql`1 = 1`),
		recordEvent(db, deps, accountFrozen({ accountId, by: 'card-data' }), guard),
		notify(db, deps, { accountId, kind: 'frozen', params: {} }, guard),
		...freeze(db, { accountId, now: clock.now(), guard }),
	])
	deps.tellClients()
	return outcome
}

/** By person, right or wrong, and by network: nobody may guess at a card, nor go through many. */
async function countReport(deps: AuthnDeps, request: Request, pid: Pid): Promise<void> {
	const { db, clock, limits, vault, peer } = deps
	const now = clock.now()
	const network = networkKey(vault, 'lost/net', describeAsker(request, peer(request)))
	// No number stands in a counter either.
	const person = `lost/${base64url(vault.mac('device', `lost/${pid}`))}`
	await admit(db, [
		{ key: network, ...limits.lossesFromNetwork, now },
		{ key: person, ...limits.lossesOfPerson, now },
	])
}

/** Both questions are asked whatever the first one brought. */
async function isTheirs({ registry }: AuthnDeps, pid: Pid, report: LossReport): Promise<boolean> {
	const proof = toArabicDigits(report.proof).replace(/[\s-]/g, '').toUpperCase()
	try {
		const record = await registry.findPerson(pid, 'lost-device')
		const { code } = await registry.checkCardByLaser({
			pid,
			givenName: record?.person.givenName.th || '-',
			familyName: record?.person.familyName.th || '-',
			birthdate: report.birthdate,
			laserCode: /^[A-Z]{2}\d{10}$/.test(proof) ? proof : 'ZZ0000000000',
		})
		if (!record?.card || !sameDate(record, report.birthdate)) return false
		// 2: the card has ended, and it was this one.
		return record.card.number === proof || (record.card.laserCode === proof && (code === 0 || code === 2))
	} catch (error) {
		if (error instanceof RegistryUnavailable) throw new ServiceError('registry_unavailable')
		throw error
	}
}

function sameDate({ person: { birthdate } }: RegistryRecord, { year, month, day }: CalendarDate): boolean {
	return birthdate.year === year && birthdate.month === month && birthdate.day === day
}

const month = z.number().int().min(1).max(12).nullable()
const day = z.number().int().min(1).max(31).nullable()

/** `lost.*`: for whoever has lost the phone, in any browser. */
export function createLostRouter(deps: AuthnDeps) {
	return router({
		report: publicProcedure('none')
			.input(
				z.strictObject({
					pid: z.string().max(40),
					birthdate: z.strictObject({ year: z.number().int().min(1800).max(2200), month, day }),
					proof: z.string().min(1).max(40),
				}),
			)
			.mutation(({ ctx, input }) => reportLoss(deps, { request: ctx.request, actKey: actKeyOf(ctx) }, input)),
	})
}
