import { existsSync } from 'node:fs'
import { copyFile, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { openSimulator } from '../../src/ports/civil-registry/simulator/index.ts'
import { cpuSeconds } from './cpu.ts'
import { oursSystem } from './ours.ts'
import type { DriverSettings } from './population-driver.ts'
import { cacheFolder, onLoadCore, type RunningServer } from './system.ts'

/** CPU seconds of the server for 1,000 whole sign-ins by QR, in a country of this size; one figure a round. */
export interface PopulationFigures {
	population: number
	cpu: number[]
}

export interface PopulationPlan {
	/** The small country and the big one. */
	populations: readonly [number, number]
	rounds: number
	signIns: number
	citizens: number
}

const CONNECTIONS = 8

/** Small, big, small, big …, each round on both. @param folder an empty one */
export async function populationFigures(folder: string, plan: PopulationPlan): Promise<PopulationFigures[]> {
	const sides = await Promise.all(
		plan.populations.map((population) => side(join(folder, `${population}`), population, plan)),
	)
	try {
		for (const one of sides) await one.signIn(Math.ceil(plan.signIns / 4))
		for (let round = 0; round < plan.rounds; round++)
			for (const one of sides) {
				const before = cpuSeconds(one.server.pid)
				await one.signIn(plan.signIns)
				one.figures.cpu.push(((cpuSeconds(one.server.pid) - before) / plan.signIns) * 1_000)
			}
		return sides.map(({ figures }) => figures)
	} finally {
		for (const one of sides) await one.stop()
	}
}

interface Side {
	figures: PopulationFigures
	server: RunningServer
	signIn(count: number): Promise<void>
	stop(): Promise<void>
}

async function side(folder: string, population: number, plan: PopulationPlan): Promise<Side> {
	await mkdir(folder)
	await copyFile(await countryOf(population), join(folder, 'civil-registry.db'))
	const system = await oursSystem(folder, population)
	const settings: DriverSettings = {
		folder,
		issuer: system.issuer,
		rootKeys: system.env.DOPA_ROOT_KEYS ?? '',
		population,
		citizens: plan.citizens,
		connections: CONNECTIONS,
	}
	await Bun.write(join(folder, 'driver.json'), JSON.stringify(settings))
	const driver = startDriver(join(folder, 'driver.json'))
	await driver.expect('enrolled')
	const server = await system.start()
	return {
		figures: { population, cpu: [] },
		server,
		async signIn(count) {
			driver.tell(`${count}\n`)
			await driver.expect('done')
		},
		async stop() {
			driver.end()
			await server.stop()
		},
	}
}

/** The synthetic country's file, made once and kept between runs: a million people take a while. */
async function countryOf(population: number): Promise<string> {
	const file = join(await cacheFolder(), `country-${population}.db`)
	if (!existsSync(file)) (await openSimulator({ file, population })).close()
	return file
}

function startDriver(settings: string) {
	const child = Bun.spawn(onLoadCore([process.execPath, join(import.meta.dir, 'population-driver.ts'), settings]), {
		stdin: 'pipe',
		stdout: 'pipe',
		stderr: 'pipe',
	})
	const lines = child.stdout.pipeThrough(new TextDecoderStream()).getReader()
	return {
		tell(line: string) {
			child.stdin.write(line)
			child.stdin.flush()
		},
		async expect(word: string) {
			const { value } = await lines.read()
			if (value?.trim() !== word)
				throw new Error(
					`the driver said ${value ?? 'nothing'}: ${(await new Response(child.stderr).text()).slice(-1_500)}`,
				)
		},
		end: () => child.kill(),
	}
}
