import { chmod, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Db } from '../db/client.ts'
import { seedClients } from '../db/seed/clients.ts'
import type { Settings } from './env.ts'
import { base64url } from './lib/bytes.ts'
import type { Clock } from './lib/clock.ts'
import { newSecret, type Random } from './lib/random.ts'
import { parseRootKeys, type RootKey } from './lib/vault.ts'
import { invite } from './proofing/index.ts'

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
	const file = Bun.file(path)
	if (!(await file.exists())) {
		await Bun.write(path, `1:${base64url(random.bytes(32))}\n`)
		await chmod(path, 0o600)
	}
	return parseRootKeys((await file.text()).trim())
}

/** Sample relying parties, and a one-time link that makes an officer. @returns the link */
export async function seedDemo(db: Db, deps: { clock: Clock; random: Random }, issuer: string): Promise<string> {
	await seedClients(db, deps.clock)
	const token = newSecret(deps.random)
	await invite(db, { token, officeCode: FIRST_OFFICE, role: 'registrar', now: deps.clock.now() })
	return `${issuer}/office/join#${token}`
}

/** One line that grows, on a terminal; on anything else a line at each tenth. */
export function progressBar(label: string, write: (text: string) => void, isTerminal: boolean) {
	let told = -1
	return (done: number, total: number) => {
		const tenth = Math.floor((done / total) * 10)
		if (isTerminal) write(`\r${label} [${'█'.repeat(tenth * 2)}${'░'.repeat(20 - tenth * 2)}] ${done.toLocaleString('en')}/${total.toLocaleString('en')}`)
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
