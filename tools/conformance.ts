/**
 * `bun run conformance`: each module of `tests/oidc/conformance` on the server as it is and on every broken server, and
 * `docs/conformance.md` with what came out. Two processes share the work; each has a server of its own.
 */
import { join } from 'node:path'
import { openSuite } from '../tests/oidc/conformance/kit/suite.ts'
import { PLANS } from '../tests/oidc/conformance/plans.ts'
import { type Finding, renderPage } from './conformance-page.ts'

const PROCESSES = 2
const PAGE = join(import.meta.dir, '../docs/conformance.md')
const modules = PLANS.flatMap((plan) => plan.modules)

interface Line {
	module: string
	/** Whose broken server; null: none's. */
	broken: string | null
	result: 'passes' | 'fails' | 'breaks'
	why: string
}

/** Every PROCESSES-th column of the table, one line of JSON a cell. */
async function work(share: number): Promise<void> {
	const suite = await openSuite()
	const columns = [null, ...modules].filter((_, at) => at % PROCESSES === share)
	for (const [at, column] of columns.entries()) {
		console.error(`${at + 1} of ${columns.length}: ${column?.broken.what ?? 'the server as it is'}`)
		for (const module of modules) {
			const outcome = await suite.run(module, column?.broken)
			const why =
				outcome.result === 'fails'
					? `${outcome.condition}: ${outcome.seen}`
					: outcome.result === 'breaks'
						? String(outcome.error)
						: ''
			const line: Line = { module: module.name, broken: column?.name ?? null, result: outcome.result, why }
			console.log(JSON.stringify(line))
		}
	}
	suite.close()
}

async function linesOf(share: number): Promise<Line[]> {
	const child = Bun.spawn([process.execPath, import.meta.path, '--share', String(share)], {
		stdout: 'pipe',
		stderr: 'inherit',
	})
	const text = await new Response(child.stdout).text()
	if ((await child.exited) !== 0) throw new Error(`process ${share} ended with ${child.exitCode}`)
	return text
		.trim()
		.split('\n')
		.map((line) => JSON.parse(line) as Line)
}

async function main(): Promise<boolean> {
	const lines = (await Promise.all(Array.from({ length: PROCESSES }, (_, share) => linesOf(share)))).flat()
	const findings = new Map<string, Finding>(
		modules.map(({ name }) => {
			const plain = lines.find((line) => line.module === name && line.broken === null)
			const own = lines.find((line) => line.module === name && line.broken === name)
			const red = lines.filter((line) => line.broken === name && line.module !== name && line.result !== 'passes')
			const result = plain?.result === 'passes' ? 'passes' : `does not pass: ${plain?.why}`
			return [name, { result, found: own?.result === 'fails', others: red.map((line) => line.module) }]
		}),
	)
	await Bun.write(PAGE, renderPage(PLANS, findings))
	for (const line of lines.filter(({ result }) => result === 'breaks'))
		console.error(`${line.module} breaks on the server of ${line.broken ?? 'nobody'}: ${line.why}`)
	for (const [name, { result, found }] of findings) {
		if (result !== 'passes') console.error(`${name} ${result}`)
		if (!found) console.error(`${name} does not find its broken server`)
	}
	const all = [...findings.values()]
	const passing = all.filter(({ result }) => result === 'passes').length
	const found = all.filter(({ found }) => found).length
	console.log(
		`${all.length} modules: ${passing} pass, ${found} find their broken server; docs/conformance.md is written`,
	)
	return passing === all.length && found === all.length
}

const [flag, share] = Bun.argv.slice(2)
if (flag === '--share') {
	await work(Number(share))
	process.exit(0)
}
process.exit((await main()) ? 0 : 1)
