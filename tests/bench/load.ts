/**
 * The load, as a process of its own so that its work is not counted: sends the requests of a file over 16 connections
 * and prints how it went. `bun load.ts requests.json`
 */
export interface LoadFile {
	connections: number
	/** How many requests; the list is gone through in a circle. */
	count: number
	requests: { url: string; method: string; headers: Record<string, string>; body?: string }[]
	/** What a right answer looks like. */
	expect: { status: number; locationHas?: string; bodyHas?: string }
}

export interface LoadResult {
	failed: number
	seconds: number
	p50: number
	p99: number
	/** The first wrong answer, for whoever has to find out. */
	firstFailure: string | null
}

async function run(file: LoadFile): Promise<LoadResult> {
	const times: number[] = []
	let next = 0
	let failed = 0
	let firstFailure: string | null = null

	async function connection() {
		while (next < file.count) {
			const request = file.requests[next++ % file.requests.length]
			if (!request) return
			const from = performance.now()
			const response = await fetch(request.url, { ...request, redirect: 'manual' })
			const body = await response.text()
			times.push(performance.now() - from)
			const location = response.headers.get('location') ?? ''
			const { status, locationHas = '', bodyHas = '' } = file.expect
			if (response.status === status && location.includes(locationHas) && body.includes(bodyHas)) continue
			failed++
			firstFailure ??= `${response.status} ${location} ${body.slice(0, 300)}`
		}
	}

	const from = performance.now()
	await Promise.all(Array.from({ length: file.connections }, connection))
	const seconds = (performance.now() - from) / 1_000
	times.sort((a, b) => a - b)
	const at = (share: number) => times[Math.floor((times.length - 1) * share)] ?? 0
	return { failed, seconds, p50: at(0.5), p99: at(0.99), firstFailure }
}

if (import.meta.main) {
	const [path] = Bun.argv.slice(2)
	if (!path) throw new Error('usage: bun load.ts requests.json')
	console.log(JSON.stringify(await run((await Bun.file(path).json()) as LoadFile)))
}
