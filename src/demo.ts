import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Db, schema } from '../db/client.ts'
import { seedClients } from '../db/seed/clients.ts'
import type { Settings } from './env.ts'
import { base64url } from './lib/bytes.ts'
import type { Clock } from './lib/clock.ts'
import type { Random } from './lib/random.ts'
import { parseRootKeys, type RootKey } from './lib/vault.ts'
import { newInvitation } from './proofing/index.ts'

/**
 * The demo mode: everything that a newcomer needs, made on the spot. Only with a loopback issuer (`env.ts` sees to it),
 * since its clients' secrets are public and its registry is a simulator.
 */

/** The office of the first officer: อำเภอลำลูกกา, ปทุมธานี. */
const FIRST_OFFICE = '1306'

/** The demo's own root key, made once and kept beside its databases. */
export async function demoRootKeys(dataDirectory: string, random: Random): Promise<RootKey[]> {
	await mkdir(dataDirectory, { recursive: true })
	const path = join(dataDirectory, 'root-keys')
	// `wx`: made only where it is not there, so that no start ever overwrites the key of what is stored.
	await writeFile(path, `1:${base64url(random.bytes(32))}\n`, { mode: 0o600, flag: 'wx' }).catch((error: unknown) => {
		if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
	})
	return parseRootKeys((await readFile(path, 'utf8')).trim())
}

/** Sample relying parties, and a one-time link that makes an officer. @returns the link */
export async function seedDemo(
	db: Db,
	deps: { clock: Clock; random: Random },
	{ issuer, agencyUrl }: { issuer: string; agencyUrl: string | undefined },
): Promise<string> {
	await seedClients(db, deps.clock, agencyUrl)
	const wanted = { officeCode: FIRST_OFFICE, role: 'registrar', issuer, now: deps.clock.now() } as const
	const { link, row } = newInvitation(deps.random, wanted)
	await db.insert(schema.officerInvitations).values(row)
	return link
}

/** One line that grows, on a terminal; on anything else a line at each tenth. */
export function progressBar(label: string, write: (text: string) => void, isTerminal: boolean) {
	let told = -1
	return (done: number, total: number) => {
		const tenth = Math.floor((done / total) * 10)
		if (isTerminal)
			write(
				`\r${label} [${'█'.repeat(tenth * 2)}${'░'.repeat(20 - tenth * 2)}] ${done.toLocaleString('en')}/${total.toLocaleString('en')}`,
			)
		else if (tenth !== told) write(`${label} ${tenth * 10} %\n`)
		told = tenth
		if (isTerminal && done >= total) write('\n')
	}
}

export interface Welcome {
	settings: Pick<Settings, 'issuer' | 'population'>
	officerLink: string
	agencyUrl: string | null
}

/** What a newcomer reads on the terminal. */
export function welcome({ settings, officerLink, agencyUrl }: Welcome): string {
	return [
		'',
		`DOPA Digital ID is running on ${settings.issuer}  (demo: a synthetic country of ${settings.population.toLocaleString('en')} people)`,
		'',
		`  1  become an officer (link works once):  ${officerLink}`,
		'  2  look a test person up, issue a link, open it on the “phone” (another browser window will do)',
		...(agencyUrl ? [`  3  sign in at the sample agency:         ${agencyUrl}`] : []),
		'',
		'  test people: docs/test-people.md · the whole story by itself: bun run demo · stop: Ctrl-C',
		'',
	].join('\n')
}
