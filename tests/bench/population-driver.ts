/**
 * Citizens who sign in, as a process of its own: enrols some of the synthetic country, waits until the server answers,
 * and then signs them in by QR as often as it is told on its standard input. `bun population-driver.ts settings.json`
 */

import { Database } from 'bun:sqlite'
import { join } from 'node:path'
import { openDatabase } from '../../db/open.ts'
import { seedClients } from '../../db/seed/clients.ts'
import { systemClock } from '../../src/lib/clock.ts'
import { systemRandom } from '../../src/lib/random.ts'
import { asPid } from '../../src/lib/thai/pid.ts'
import { createVault, parseRootKeys } from '../../src/lib/vault.ts'
import { openSimulator } from '../../src/ports/civil-registry/simulator/index.ts'
import { enrolledCitizen } from '../kit/enrolled.ts'
import { createBrowser } from '../kit/http-client.ts'
import { type Citizen, signInByQr } from '../kit/journeys.ts'
import { createPhone } from '../kit/phone.ts'

export interface DriverSettings {
	folder: string
	issuer: string
	rootKeys: string
	population: number
	citizens: number
	connections: number
}

const PIN = '83729164'

/** Writes them into the databases of a server that does not run yet. */
async function enrolSome(settings: DriverSettings): Promise<Citizen[]> {
	const { folder, issuer } = settings
	const registryFile = join(folder, 'civil-registry.db')
	const registry = await openSimulator({ file: registryFile, population: settings.population })
	const { db, close } = await openDatabase(`file:${join(folder, 'ours.db')}`)
	await seedClients(db, systemClock)
	const vault = createVault(parseRootKeys(settings.rootKeys), systemRandom)
	const rp = { id: new URL(issuer).hostname, name: 'bench', origins: [issuer] }
	const citizens: Citizen[] = []
	for (const pid of somebody(registryFile, settings.citizens)) {
		const record = await registry.findPerson(asPid(pid), 'sign-in')
		if (!record) throw new Error('the registry lost somebody')
		const citizen = {
			browser: createBrowser(fetch, { origin: issuer }),
			phone: createPhone({ rpId: rp.id, origin: issuer }),
			pin: PIN,
		}
		await enrolledCitizen({ db, vault, rp, now: systemClock.now() }, { ...citizen, record })
		citizens.push(citizen)
	}
	close()
	registry.close()
	return citizens
}

/** Healthy adults with a valid card, from all over the table. */
function somebody(registryFile: string, count: number): string[] {
	const registry = new Database(registryFile, { readonly: true })
	const rows = registry
		.query<{ pid: string }, [number]>(
			`SELECT pid FROM persons JOIN cards USING (pid)
			WHERE latest = 1 AND cards.status = 'normal' AND persons.status = 'normal' AND nationality = 'THA'
			AND birthdate < '2000' AND expires_on > '2028' AND house_code IS NOT NULL
			ORDER BY substr(pid, 6, 5), pid LIMIT ?`,
		)
		.all(count)
	registry.close()
	return rows.map(({ pid }) => pid)
}

async function signIn(citizen: Citizen, issuer: string): Promise<void> {
	const waiting = createBrowser(fetch, { origin: issuer })
	const location = await signInByQr(waiting, citizen, authorizationUrl(issuer))
	if (!location.includes('code=')) throw new Error(`no code: ${location}`)
}

const authorizationUrl = (issuer: string) =>
	`${issuer}/oauth/authorize?${new URLSearchParams({
		client_id: 'sample-agency',
		response_type: 'code',
		redirect_uri: 'http://localhost:8788/callback',
		scope: 'openid pid name birthdate gender address',
		state: 'bench',
		nonce: 'bench',
		code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
		code_challenge_method: 'S256',
	})}`

/** So many sign-ins, each citizen one at a time. */
async function signInMany(citizens: readonly Citizen[], settings: DriverSettings, count: number): Promise<void> {
	let next = 0
	await Promise.all(
		Array.from({ length: settings.connections }, async (_, lane) => {
			const mine = citizens.filter((_citizen, i) => i % settings.connections === lane)
			while (next < count) {
				const citizen = mine[next++ % mine.length]
				if (citizen) await signIn(citizen, settings.issuer)
			}
		}),
	)
}

if (import.meta.main) {
	const settings = (await Bun.file(Bun.argv[2] ?? '').json()) as DriverSettings
	const citizens = await enrolSome(settings)
	console.log('enrolled')
	for await (const line of console) {
		await signInMany(citizens, settings, Number(line))
		console.log('done')
	}
}
