import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { Db } from '../db/client.ts'
import { demoRootKeys } from '../src/demo.ts'
import { type Clock, systemClock } from '../src/lib/clock.ts'
import { systemRandom } from '../src/lib/random.ts'
import { createVault, parseRootKeys, type Vault } from '../src/lib/vault.ts'
import { keyStateOf, type RotationKind, rotateKeys, SIGNING_ALGS, storedKeys } from '../src/oidc/index.ts'
import { runCommand } from './command.ts'
import { DATABASE_OPTIONS, DATABASE_USAGE, withDeployment } from './database.ts'

/**
 * The keys that sign for the provider:
 *
 *     bun run keys list
 *     bun run keys rotate                     a new key for each algorithm; it signs in 24 hours
 *     bun run keys rotate --alg ES256 --now   it signs at once; the old one stays published until its tokens have died
 *     bun run keys rotate --emergency         a key was stolen: all old ones are gone at once
 *
 * Every server has the new state within five minutes, without a restart; relying parties keep the JWK Set for 300 s.
 * After `--now` and `--emergency` a relying party sees a name that it does not know and fetches the set anew, as each
 * library does; for those ten minutes some sign-ins may fail, which is why the plain command waits a day.
 */
const USAGE = `keys list | keys rotate [--alg ${SIGNING_ALGS.join('|')}] [--now | --emergency]
${DATABASE_USAGE}
  A new key is sealed: the deployment's DOPA_ROOT_KEYS have to be in the environment (the demo has its own in DOPA_DATA).`

type Alg = (typeof SIGNING_ALGS)[number]

const at = (ms: number | null) => (ms === null ? '–' : new Date(ms).toISOString().slice(0, 16))

/** One line a key: what it is, and what it does now. */
export async function keyLines(db: Db, now: number): Promise<string[]> {
	const rows = await storedKeys(db)
	const line = (...columns: string[]) => columns.map((each, i) => each.padEnd([6, 10, 17, 17][i] ?? 0)).join('  ')
	return [
		line('alg', 'state', 'signs from', 'until', 'kid'),
		...rows.map((row) => line(row.alg, keyStateOf(row, rows, now), at(row.activeFrom), at(row.activeUntil), row.kid)),
	]
}

/** Rotates, and says what came of it. @returns lines to print, and whether every key that was asked for was made */
export async function rotate(
	deps: { db: Db; vault: Vault; clock: Clock },
	algs: readonly Alg[],
	kind: RotationKind,
): Promise<{ lines: string[]; made: boolean }> {
	const outcomes = await rotateKeys(deps, algs, kind)
	const lines = outcomes.map(({ alg, kid, signsFrom }) =>
		kid === null
			? `${alg}: nothing done; a new key is coming already, was made by somebody else just now, or the server has never started`
			: `${alg}: ${kid} signs from ${at(signsFrom)} UTC`,
	)
	return { lines, made: outcomes.every(({ kid }) => kid !== null) }
}

async function vaultOfDeployment(database: string | undefined, d1: string | undefined): Promise<Vault> {
	const given = process.env.DOPA_ROOT_KEYS
	if (given !== undefined) return createVault(parseRootKeys(given), systemRandom)
	if (database !== undefined || d1 !== undefined || process.env.DOPA_DATABASE_URL !== undefined)
		throw new Error(`DOPA_ROOT_KEYS is missing\n\n${USAGE}`)
	return createVault(await demoRootKeys(join(process.env.DOPA_DATA ?? 'data'), systemRandom), systemRandom)
}

const isAlg = (text: string): text is Alg => (SIGNING_ALGS as readonly string[]).includes(text)

async function main(): Promise<void> {
	const { positionals, values } = parseArgs({
		allowPositionals: true,
		options: {
			...DATABASE_OPTIONS,
			alg: { type: 'string' },
			now: { type: 'boolean', default: false },
			emergency: { type: 'boolean', default: false },
		},
	})
	const [what] = positionals
	const { alg, now, emergency, database, d1 } = values
	if ((what !== 'list' && what !== 'rotate') || (alg !== undefined && !isAlg(alg)) || (now && emergency))
		throw new Error(USAGE)
	const vault = what === 'rotate' ? await vaultOfDeployment(database, d1) : null
	await withDeployment(values, async (db) => {
		if (vault) {
			const kind = emergency ? 'emergency' : now ? 'now' : 'planned'
			const { lines, made } = await rotate({ db, vault, clock: systemClock }, alg ? [alg] : SIGNING_ALGS, kind)
			console.log(`${lines.join('\n')}\n`)
			if (!made) process.exitCode = 1
		}
		console.log((await keyLines(db, systemClock.now())).join('\n'))
	})
}

if (import.meta.main) await runCommand(main)
