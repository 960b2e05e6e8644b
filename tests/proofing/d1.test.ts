import { afterAll, beforeAll, expect, test } from 'bun:test'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isNull } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/d1'
import { convertV4MiniflareOptions, Miniflare } from 'miniflare'
import { type Db, drizzleConfig, schema } from '../../db/client.ts'
import { type Counter, counterOver, enrolPerson, issue, prepare, refusal, type Visitor } from './kit/counter.ts'

/** The same enrolment on Cloudflare's D1, as its local runtime has it. */
let miniflare: Miniflare
let counter: Counter

beforeAll(async () => {
	miniflare = new Miniflare(
		convertV4MiniflareOptions({
			modules: [{ type: 'ESModule', path: 'worker.js', contents: 'export default { fetch: () => new Response() }' }],
			compatibilityDate: '2026-11-01',
			d1Databases: { DB: 'dopa' },
			cf: false,
			host: '127.0.0.1',
		}),
	)
	await miniflare.ready
	const d1 = await miniflare.getD1Database('DB')
	const folder = join(import.meta.dir, '../../db/migrations')
	for (const file of readdirSync(folder)
		.filter((name) => name.endsWith('.sql'))
		.sort())
		for (const statement of readFileSync(join(folder, file), 'utf8').split('--> statement-breakpoint'))
			await d1.prepare(statement.trim()).run()
	const db = drizzle(d1, drizzleConfig) as unknown as Db
	counter = await counterOver(db, undefined as never, () => {})
})
afterAll(() => miniflare.dispose())

test('stands, and a second one ends the first', async () => {
	const { officer, db } = counter
	const [first, second] = [counter.visitor(), counter.visitor()]
	expect((await enrolPerson(officer, first, 'somchai')).outcome.replacedDevice).toBe(false)
	expect((await enrolPerson(officer, second, 'somchai')).outcome.replacedDevice).toBe(true)
	expect(await db.select().from(schema.passkeys).where(isNull(schema.passkeys.endedAt))).toMatchObject([
		{ credentialId: second.phone.credentialId ?? '' },
	])
	expect(await db.select().from(schema.notices)).toHaveLength(3)
})

test('two at once of one newcomer: one stands', async () => {
	const { officer, db } = counter
	const ready: { phone: Visitor; input: Awaited<ReturnType<typeof prepare>> }[] = []
	for (let i = 0; i < 2; i++) {
		const phone = counter.visitor()
		const { token } = await issue(officer, 'somying')
		ready.push({ phone, input: await prepare(phone, token) })
	}
	const outcomes = await Promise.allSettled(
		ready.map(({ phone, input }) => phone.call((caller) => caller.enrol.finish(input))),
	)
	expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
	expect(await db.select().from(schema.accounts)).toHaveLength(2)
})

test('a second phone ends the case', async () => {
	const { token, caseId } = await issue(counter.officer, 'boonmee')
	await counter.visitor().call((caller) => caller.enrol.open({ token }))
	const intruder = counter.visitor().call((caller) => caller.enrol.open({ token }))
	expect(await refusal(intruder)).toBe('enrolment_link_opened_elsewhere')
	const view = await counter.officer.call((caller) => caller.office.case({ caseId }))
	expect(view).toMatchObject({ state: 'ended', subject: null })
})
