/**
 * `bun run bench [--quick] [part …]`: what the product costs beside oidc-provider on Node, the certified provider of the
 * same ecosystem. One Markdown table, printed and written to `results.md`.
 *
 * Beside them the floor (`floor/`): the least code that still does each grant honestly.
 *
 * What is compared does the same work (`questions.ts`): the same requests, claims and algorithms, both stores SQLite in
 * WAL with synchronous=FULL. What is counted is the server's CPU time, user and system, since wall time on a shared
 * machine says little; requests come from a second process on another core. All run at the same time and are asked in
 * turn, so that a busy machine is busy for all; a ratio is the median of the pairs' ratios.
 *
 * Parts: hot (token, refresh, authorize, PAR, userinfo, introspection, discovery, JWKS), start, page, edge, population. The quick mode is for seeing
 * that it runs; its figures say little.
 */
import { join } from 'node:path'
import { edgeFigures } from './edge.ts'
import { floorSystem } from './floor.ts'
import { type Each, median, type Paired, type Plan, paired, ratio } from './measure.ts'
import { oursSystem } from './ours.ts'
import { pageWeight } from './page-weight.ts'
import { peerSystem } from './peer.ts'
import { populationFigures } from './population.ts'
import { BENCH_SIGN_IN_PAGE, PERSON } from './questions.ts'
import { HOT_PATHS, type RunningServer, type System, temporaryFolder } from './system.ts'
import { limits, type Row, toMarkdown } from './table.ts'

const PARTS = ['hot', 'start', 'page', 'edge', 'population'] as const
type Part = (typeof PARTS)[number]

const full: Plan = {
	rounds: 5,
	warmUp: 1_000,
	count: {
		token: 2_000,
		refresh: 2_000,
		authorize: 3_000,
		par: 3_000,
		userinfo: 4_000,
		introspect: 4_000,
		discovery: 10_000,
		jwks: 10_000,
	},
}
const quick: Plan = {
	rounds: 1,
	warmUp: 200,
	count: {
		token: 400,
		refresh: 400,
		authorize: 400,
		par: 400,
		userinfo: 600,
		introspect: 600,
		discovery: 2_000,
		jwks: 2_000,
	},
}

async function hotRows(
	systems: Each<System>,
	servers: Each<RunningServer>,
	folder: string,
	plan: Plan,
): Promise<Row[]> {
	await sameAnswers(systems)
	const results = await paired(systems, servers, folder, plan, HOT_PATHS)
	return results.map(({ path, ...figures }: Paired) => {
		const [mine, theirs, least] = [figures.ours, figures.peer, figures.floor].map((each) =>
			each.map(({ cpu }) => cpu),
		) as [number[], number[], number[]]
		return {
			what: limits[path].what,
			ours: `${median(mine).toFixed(3)} s`,
			peer: `${median(theirs).toFixed(3)} s`,
			value: ratio(mine, theirs),
			limit: limits[path].limit,
			unit: '×',
			floor: { cost: `${median(least).toFixed(3)} s`, value: ratio(mine, least), limit: limits[path].floor },
			note: `${systems.ours.does[path]} / ${systems.peer.does[path]} / ${systems.floor.does[path]}`,
		}
	})
}

/** A comparison of two that answer differently compares nothing. @throws Error with the two answers */
async function sameAnswers(systems: Each<System>): Promise<void> {
	const claimsOf = async (system: System) => {
		const [request] = system.requests('userinfo').requests
		if (!request) throw new Error('no token was seeded')
		const { sub: _, ...claims } = (await (await fetch(request.url, request)).json()) as Record<string, unknown>
		return claims
	}
	for (const system of [systems.ours, systems.peer, systems.floor]) {
		const claims = await claimsOf(system)
		if (!Bun.deepEquals(claims, PERSON.claims)) throw new Error(`${system.name} answers ${JSON.stringify(claims)}`)
	}
}

async function startRow(systems: Each<System>, runs: number): Promise<Row> {
	const times: Record<'ours' | 'peer', number[]> = { ours: [], peer: [] }
	const cpu: Record<'ours' | 'peer', number[]> = { ours: [], peer: [] }
	for (let run = 0; run < runs; run++)
		for (const who of ['ours', 'peer'] as const) {
			const server = await systems[who].start()
			times[who].push(server.startedIn)
			cpu[who].push(server.startCpu)
			await server.stop()
		}
	return {
		what: limits.start.what,
		ours: `${median(times.ours).toFixed(0)} ms`,
		peer: `${median(times.peer).toFixed(0)} ms`,
		value: ratio(times.ours, times.peer),
		limit: limits.start.limit,
		unit: '×',
		note: `databases there already; of it CPU ${median(cpu.ours).toFixed(2)} s / ${median(cpu.peer).toFixed(2)} s`,
	}
}

async function pageRow(issuer: string): Promise<Row> {
	const weight = await pageWeight(`${issuer}${BENCH_SIGN_IN_PAGE}`)
	return {
		what: limits.page.what,
		ours: '',
		peer: '–',
		value: weight.total / 1_000,
		limit: limits.page.limit,
		unit: 'kB',
		note: `${weight.files.length} files; fonts, which it does not wait for, ${(weight.fonts / 1_000).toFixed(1)} kB more`,
	}
}

async function edgeRow(folder: string, runs: number): Promise<Row> {
	const { startedIn, empty, bundle } = await edgeFigures(folder, runs)
	return {
		what: limits.edge.what,
		ours: '',
		peer: '–',
		value: median(startedIn),
		limit: limits.edge.limit,
		unit: 'ms',
		note: `an empty worker ${median(empty).toFixed(0)} ms; bundle ${(bundle / 1_000).toFixed(0)} kB gzip`,
	}
}

async function populationRow(folder: string, isQuick: boolean): Promise<Row> {
	const plan = isQuick
		? ({ populations: [1_000, 10_000], rounds: 1, signIns: 48, citizens: 16 } as const)
		: ({ populations: [1_000, 1_000_000], rounds: 5, signIns: 200, citizens: 64 } as const)
	const [small, big] = await populationFigures(folder, plan)
	if (!small || !big) throw new Error('two countries')
	const cost = (cpu: number[]) => `${median(cpu).toFixed(1)} s`
	return {
		what: `${limits.population.what}, ${big.population.toLocaleString('en')} persons against 1,000`,
		ours: `${cost(big.cpu)} against ${cost(small.cpu)}`,
		peer: '–',
		value: ratio(big.cpu, small.cpu),
		limit: limits.population.limit,
		unit: '×',
		note: 'each with the PIN’s key derivation, which is most of it; the registry in the same process',
	}
}

async function main(): Promise<void> {
	const args = Bun.argv.slice(2)
	const isQuick = args.includes('--quick')
	const asked = args.filter((arg): arg is Part => (PARTS as readonly string[]).includes(arg))
	const parts = new Set<Part>(asked.length > 0 ? asked : PARTS)
	const plan = isQuick ? quick : full
	const folder = await temporaryFolder()
	const rows: Row[] = []
	try {
		const systems = {
			ours: await oursSystem(folder.path),
			peer: await peerSystem(folder.path),
			floor: await floorSystem(folder.path),
		}
		const amounts = { accounts: 500, codes: plan.warmUp + plan.rounds * plan.count.token }
		await Promise.all(Object.values(systems).map((system) => system.seed(amounts)))
		// The first start of each makes keys and reads the disk.
		const servers = {
			ours: await systems.ours.start(),
			peer: await systems.peer.start(),
			floor: await systems.floor.start(),
		}
		try {
			if (parts.has('hot')) rows.push(...(await hotRows(systems, servers, folder.path, plan)))
			if (parts.has('page')) rows.push(await pageRow(systems.ours.issuer))
		} finally {
			await Promise.all(Object.values(servers).map((server) => server.stop()))
		}
		if (parts.has('start')) rows.push(await startRow(systems, isQuick ? 3 : 15))
		if (parts.has('edge')) rows.push(await edgeRow(folder.path, isQuick ? 3 : 15))
		if (parts.has('population')) rows.push(await populationRow(folder.path, isQuick))
		const text = toMarkdown(rows, systems, { isQuick, rounds: plan.rounds })
		console.log(text)
		// A few parts, or a quick look, are no result to keep.
		if (!isQuick && parts.size === PARTS.length) await Bun.write(join(import.meta.dir, 'results.md'), text)
	} finally {
		await folder.remove()
	}
}

await main()
