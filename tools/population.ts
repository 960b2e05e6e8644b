/**
 * Makes a synthetic country in a file, and tells what it took.
 *
 *   bun tools/population.ts <file> [people = 2000] [seed = 1]
 *
 * The server makes its own where there is none; this is for a large one, ahead of time.
 */
import { readFile, stat } from 'node:fs/promises'
import { openSimulator } from '../src/ports/civil-registry/simulator/index.ts'

const [file, people = '2000', seed = '1'] = process.argv.slice(2)
if (!file) {
	console.error('bun tools/population.ts <file> [people = 2000] [seed = 1]')
	process.exit(2)
}

const start = performance.now()
let told = 0
const simulator = await openSimulator({
	file,
	population: Number(people),
	seed: Number(seed),
	onProgress(made, of) {
		if (!process.stdout.isTTY || (made < of && made - told < of / 20)) return
		told = made
		process.stdout.write(`\r${made.toLocaleString('en')} of ${of.toLocaleString('en')} people`)
	},
})
simulator.close()

const seconds = ((performance.now() - start) / 1_000).toFixed(1)
const megabytes = ((await stat(file)).size / 1e6).toFixed(0)
// Linux only: the most memory that the process ever held.
const peak = /VmHWM:\s+(\d+) kB/.exec(await readFile('/proc/self/status', 'utf8').catch(() => ''))?.[1]
console.log(
	`\n${seconds} s, ${megabytes} MB on disk${peak ? `, ${(Number(peak) / 1e3).toFixed(0)} MB of memory at most` : ''}`,
)
