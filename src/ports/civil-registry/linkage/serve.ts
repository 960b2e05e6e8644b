import { Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { z } from 'zod'
import { equalInConstantTime, hashSecret } from '../../../lib/crypto.ts'
import { type Pid, parsePid } from '../../../lib/thai/pid.ts'
import { RegistryUnavailable } from '../port.ts'
import { type RegistrySimulator, registryChange } from '../simulation.ts'
import { isOperation, operations } from '../wire.ts'

const faults = z.strictObject({
	slowMs: z.int().min(0).max(600_000).optional(),
	down: z.boolean().optional(),
	wrong: z.enum(['malformed', 'other-person', 'other-number']).nullable().optional(),
})

const edit = z.object({
	pid: z.string().transform((text, context): Pid => {
		const read = parsePid(text)
		if ('pid' in read) return read.pid
		context.addIssue(read.problem)
		return z.NEVER
	}),
	change: registryChange,
})

/**
 * Serves a simulator as the Linkage Center would be served: `POST /v1/{operation}`. The operator's own:
 * `POST /control/faults`, `DELETE /control/faults`, `POST /control/edit`, `POST /control/restore`.
 * All of it behind one service token. Nothing is logged here: the bodies hold numbers.
 */
export function serveRegistry(simulator: RegistrySimulator, { token }: { token: string }): Hono {
	const expected = hashSecret(token)
	const app = new Hono()

	app.use(async (c, next) => {
		const given = /^Bearer (.+)$/.exec(c.req.header('authorization') ?? '')?.[1] ?? ''
		// Hashes of equal length are compared, so the time tells nothing about the token.
		if (!equalInConstantTime(hashSecret(given), expected)) return c.json({ error: 'unauthorized' }, 401)
		await next()
		c.header('cache-control', 'no-store')
	})
	app.use(bodyLimit({ maxSize: 64 * 1024, onError: (c) => c.json({ error: 'too long' }, 413) }))
	app.onError((_, c) => c.json({ error: 'unavailable' }, 503))

	app.post('/v1/:operation', async (c) => {
		const operation = c.req.param('operation')
		if (!isOperation(operation)) return c.json({ error: 'unknown operation' }, 404)
		const question = operations[operation].question.safeParse(await c.req.json().catch(() => undefined))
		if (!question.success) return c.json({ error: 'malformed question' }, 400)
		try {
			return c.json((await simulator.answer(operation, question.data, c.req.raw.signal)) as object)
		} catch (error) {
			if (error instanceof RegistryUnavailable) return c.json({ error: error.reason }, 503)
			throw error
		}
	})

	app.post('/control/faults', async (c) => {
		const wanted = faults.safeParse(await c.req.json().catch(() => undefined))
		if (!wanted.success) return c.json({ error: 'malformed faults' }, 400)
		simulator.faults.set(wanted.data)
		return c.json(simulator.faults.current())
	})
	app.delete('/control/faults', (c) => {
		simulator.faults.clear()
		return c.json(simulator.faults.current())
	})
	app.post('/control/edit', async (c) => {
		const wanted = edit.safeParse(await c.req.json().catch(() => undefined))
		if (!wanted.success) return c.json({ error: 'malformed change' }, 400)
		await simulator.edit(wanted.data.pid, wanted.data.change)
		return c.json({ ok: true })
	})
	app.post('/control/restore', async (c) => {
		await simulator.restoreNamedPeople()
		return c.json({ ok: true })
	})
	return app
}
