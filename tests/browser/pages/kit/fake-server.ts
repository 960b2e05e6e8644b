import { existsSync } from 'node:fs'
import { join } from 'node:path'

/**
 * Stands in for the server behind the pages: serves the build with the real content security policy, and answers each
 * procedure with what the test says, so that every state of every page can be opened.
 */
export interface FakeServer {
	url: string
	/** Procedure → its answer; a thrown `Refusal` becomes the error that tRPC would send. */
	answers: Record<string, (input: never) => unknown>
	/** Path → events of a stream, sent at once; then the stream stays open. */
	events: Record<string, readonly [name: string, data: unknown][]>
	/** Path → JSON, asked again and again where a stream is refused. */
	polls: Record<string, () => unknown>
	/** Path → what is served in the file's place. */
	files: Record<string, string>
	/** What came in: procedure, input and idempotency key, in order. */
	calls: { name: string; input: unknown; key: string | null }[]
	/** What the pages did that a policy or the server should have stopped, and calls without an answer. */
	complaints: string[]
	stop(): Promise<void>
}

export class Refusal extends Error {
	constructor(
		readonly code: string,
		readonly detail: Record<string, string | number | boolean> = {},
	) {
		super(code)
	}
}

const ROOT = join(import.meta.dir, '../../../..')
export const DIST = join(ROOT, 'dist/web')

const PAGES: readonly [RegExp, string][] = [
	[/^\/$/, 'index.html'],
	[/^\/sign-in\/[^/]+$/, 'sign-in.html'],
	[/^\/q$/, 'phone.html'],
	[/^\/enrol$/, 'enrol.html'],
	[/^\/(card|inbox|scan|shell)$/, 'app.html'],
	[/^\/(manage|lost)$/, 'life.html'],
	[/^\/check$/, 'check.html'],
	[/^\/office(\/join)?$/, 'office.html'],
]

const POLICY = [
	"default-src 'none'",
	"script-src 'self'",
	"style-src 'self'",
	"img-src 'self' data: blob:",
	"font-src 'self'",
	"connect-src 'self'",
	"manifest-src 'self'",
	"worker-src 'self'",
	"base-uri 'none'",
	"form-action 'self'",
	"frame-ancestors 'none'",
].join('; ')

/** The test runner builds first; a single test file that is run alone builds where nothing was built yet. */
export async function ensureBuild(): Promise<void> {
	if (existsSync(join(DIST, 'sign-in.html'))) return
	const build = Bun.spawn([process.execPath, '--bun', 'vite', 'build', '--logLevel', 'warn'], {
		cwd: ROOT,
		stdin: 'ignore',
		stdout: 2,
		stderr: 2,
	})
	if ((await build.exited) !== 0) throw new Error('the pages do not build')
}

export async function startFakeServer(): Promise<FakeServer> {
	await ensureBuild()
	const fake: Omit<FakeServer, 'url' | 'stop'> = {
		answers: {},
		events: {},
		polls: {},
		files: {},
		calls: [],
		complaints: [],
	}
	const server = Bun.serve({
		hostname: '127.0.0.1',
		port: 0,
		idleTimeout: 60,
		async fetch(request) {
			const { pathname } = new URL(request.url)
			if (pathname.startsWith('/trpc/')) return procedure(fake, request)
			const events = fake.events[pathname]
			if (events) return stream(events)
			const poll = fake.polls[pathname]
			if (poll) return Response.json(poll())
			return file(pathname, fake.files[pathname])
		},
	})
	return Object.assign(fake, { url: `http://localhost:${server.port}`, stop: () => server.stop(true) })
}

async function file(pathname: string, instead: string | undefined): Promise<Response> {
	const page = PAGES.find(([route]) => route.test(pathname))?.[1]
	const found = Bun.file(join(DIST, page ?? pathname))
	if (!(await found.exists())) return new Response('not found', { status: 404 })
	const headers: Record<string, string> = { 'content-security-policy': POLICY, 'x-content-type-options': 'nosniff' }
	if (page) headers['cache-control'] = pathname === '/shell' ? 'no-cache' : 'no-store'
	if (pathname === '/sw.js') headers['content-type'] = 'text/javascript'
	return new Response(instead ?? found, { headers })
}

async function procedure(fake: Omit<FakeServer, 'url' | 'stop'>, request: Request): Promise<Response> {
	const url = new URL(request.url)
	const name = url.pathname.slice('/trpc/'.length)
	if (request.headers.get('x-dopa') !== '1') fake.complaints.push(`${name}: no x-dopa header`)
	if (request.method === 'POST' && !/^[0-9a-f-]{36}$/.test(request.headers.get('idempotency-key') ?? ''))
		fake.complaints.push(`${name}: no idempotency key`)
	const answer = fake.answers[name]
	if (!answer) {
		fake.complaints.push(`${name}: nobody expected this call`)
		return refusal(new Refusal('internal'))
	}
	const key = request.headers.get('idempotency-key')
	const input = request.method === 'POST' ? await request.json() : JSON.parse(url.searchParams.get('input') ?? '{}')
	fake.calls.push({ name, input, key })
	try {
		return Response.json({ result: { data: (await answer(input as never)) ?? null } })
	} catch (error) {
		if (error instanceof Refusal) return refusal(error)
		throw error
	}
}

/** `network` is what a proxy says whose server is away. */
const refusal = ({ code, detail }: Refusal): Response =>
	code === 'network'
		? new Response('<h1>Bad gateway</h1>', { status: 502, headers: { 'content-type': 'text/html' } })
		: Response.json(
				{ error: { message: code, code: -32600, data: { serviceCode: code, detail, httpStatus: 422 } } },
				{ status: 422 },
			)

function stream(events: readonly [name: string, data: unknown][]): Response {
	const text = events.map(([name, data]) => `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`).join('')
	let ping: ReturnType<typeof setInterval> | undefined
	return new Response(
		new ReadableStream({
			start(controller) {
				controller.enqueue(new TextEncoder().encode(text))
				ping = setInterval(() => controller.enqueue(new TextEncoder().encode(': ping\n\n')), 5_000)
			},
			cancel() {
				clearInterval(ping)
			},
		}),
		{ headers: { 'content-type': 'text/event-stream' } },
	)
}
