import { copyFile, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Db, schema } from '../../db/client.ts'
import { openDatabase } from '../../db/open.ts'
import { seedClients } from '../../db/seed/clients.ts'
import { systemClock } from '../../src/lib/clock.ts'
import { newSecret, systemRandom } from '../../src/lib/random.ts'
import { people } from '../../src/ports/civil-registry/index.ts'
import { newInvitation } from '../../src/proofing/index.ts'
import { enrolledCitizen } from '../kit/enrolled.ts'
import { type Browser, createBrowser } from '../kit/http-client.ts'
import { type Citizen, fragmentOf, joinOffice } from '../kit/journeys.ts'
import { createPhone, type Phone } from '../kit/phone.ts'
import { ISSUER, type Mortal, openMortal } from './mortal.ts'

/** Nobody answers any more, though somebody did a moment ago. */
export class Died extends Error {
	override readonly name = 'Died'
}

export type Product = Awaited<ReturnType<typeof openMortal>>

/** People and their browsers, before a server that may die; after its death another stands on the same file. */
export interface World {
	fetch(request: Request): Promise<Response>
	browser(): Browser
	/** Enrolled already. */
	citizen: Citizen
	/** Signed in. */
	officer: Browser
	/** Whether the server has died. */
	died(): boolean
	/** What stands in the file, by a product that is not the one that dies. */
	survivor(): Promise<Product>
	close(): Promise<void>
}

/** How a life ends. `never`: it does not, and `writes` says how many writes there were to die at. */
export type Death = Required<Pick<Mortal, 'killAt' | 'when'>> | 'never'

export interface Template {
	/** A copy of the file, with a server on it. @param onDeath looks at the file before anybody asks again */
	open(death: Death, onDeath: (db: Db) => Promise<void>): Promise<World & { writes(): number }>
	remove(): Promise<void>
}

const PIN = '28401957'
const copyCookies = (from: Browser, to: Browser) => {
	for (const { name, value } of from.cookies()) to.addCookie(`${name}=${value}; Path=/; Secure`)
	return to
}

/** A file in which somchai is enrolled and an officer signed in, and copies of it. */
export async function makeTemplate(): Promise<Template> {
	const folder = await mkdtemp(join(tmpdir(), 'dopa-crash-'))
	const files: Mortal = {
		database: join(folder, 'template.db'),
		registry: join(folder, 'registry.db'),
		rootKey: newSecret(systemRandom),
	}
	const migrated = await openDatabase(`file:${files.database}`)
	migrated.close()
	const product = await openMortal(files)
	const { citizen, officer } = await settle(product)
	await product.db.run('PRAGMA wal_checkpoint(TRUNCATE)')
	product.close()
	let copies = 0
	return {
		async open(death, onDeath) {
			const database = join(folder, `copy-${copies++}.db`)
			await copyFile(files.database, database)
			return openWorld({ ...files, database }, death, onDeath, { citizen, officer })
		},
		remove: () => rm(folder, { recursive: true, force: true }),
	}
}

async function settle({ db, app, simulator, vault }: Product): Promise<{ citizen: Citizen; officer: Browser }> {
	await seedClients(db, systemClock)
	const rp = { id: 'localhost', name: 'DOPA Digital ID', origins: [ISSUER] }
	const browser = () => createBrowser((request) => app.fetch(request), { origin: ISSUER })
	const phone = () => createPhone({ rpId: rp.id, origin: ISSUER })
	const record = await simulator.findPerson(people.somchai.pid, 'enrolment')
	if (!record) throw new Error('somchai is not there')
	const citizen = { browser: browser(), phone: phone(), pin: PIN }
	await citizen.browser.get('/q')
	await enrolledCitizen({ db, vault, rp, now: systemClock.now() }, { ...citizen, record })
	const officer = browser()
	const wanted = { officeCode: '1306', role: 'officer', issuer: ISSUER, now: systemClock.now() } as const
	const { link, row } = newInvitation(systemRandom, wanted)
	await db.insert(schema.officerInvitations).values(row)
	await joinOffice(officer, phone(), fragmentOf(link), 'เจ้าหน้าที่ ทดสอบ')
	return { citizen, officer }
}

async function openWorld(
	mortal: Mortal,
	death: Death,
	onDeath: (db: Db) => Promise<void>,
	people: { citizen: Citizen; officer: Browser },
): Promise<World & { writes(): number }> {
	let writes = 0
	let product: Promise<Product> | undefined
	const survivor = () => {
		product ??= openMortal(mortal, (write) => {
			writes = write
		})
		return product
	}
	const mortalServer = death === 'never' ? null : await spawn({ ...mortal, ...death })
	let dead = mortalServer === null
	const ask = async (request: Request): Promise<Response> => {
		if (dead || !mortalServer) return (await survivor()).app.fetch(request)
		const { pathname, search } = new URL(request.url)
		try {
			return await fetch(new Request(new URL(pathname + search, mortalServer.url), request), { redirect: 'manual' })
		} catch {
			await mortalServer.exited
			dead = true
			await onDeath((await survivor()).db)
			throw new Died()
		}
	}
	const browser = () => createBrowser(ask, { origin: ISSUER })
	return {
		fetch: ask,
		browser,
		citizen: { ...people.citizen, browser: copyCookies(people.citizen.browser, browser()) },
		officer: copyCookies(people.officer, browser()),
		died: () => dead && mortalServer !== null,
		survivor,
		writes: () => writes,
		async close() {
			mortalServer?.kill()
			await mortalServer?.exited
			;(await product)?.close()
		},
	}
}

async function spawn(mortal: Mortal) {
	const child = Bun.spawn([process.execPath, join(import.meta.dir, 'mortal.ts'), JSON.stringify(mortal)], {
		stdout: 'pipe',
		stderr: 'inherit',
		stdin: 'ignore',
	})
	const { value } = await child.stdout.pipeThrough(new TextDecoderStream()).getReader().read()
	const port = Number(value)
	if (!port) throw new Error('the server did not start')
	return { url: `http://127.0.0.1:${port}`, exited: child.exited, kill: () => child.kill() }
}

/** A phone and a browser of somebody who has none of ours yet. */
export function newcomer(world: World): Citizen {
	const phone: Phone = createPhone({ rpId: 'localhost', origin: ISSUER })
	return { browser: world.browser(), phone, pin: PIN }
}
