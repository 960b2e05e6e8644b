import { afterAll, describe, expect, test } from 'bun:test'
import type { Plan } from './module.ts'
import { openSuite } from './suite.ts'

/** A plan's modules as tests: each passes on the server as it is, and finds the one that is broken for it. */
export async function testPlan(plan: Plan, modules: number): Promise<void> {
	const suite = await openSuite()
	afterAll(() => suite.close())

	describe(plan.name, () => {
		test('has the modules that it has in the suite', () => {
			expect(new Set(plan.modules.map(({ name }) => name)).size).toBe(modules)
		})

		test.each(plan.modules.map((module) => [module.name, module] as const))('%s', async (_, module) => {
			expect(await suite.run(module)).toEqual({ result: 'passes' })
			expect(await suite.run(module, module.broken)).toMatchObject({ result: 'fails' })
		})
	})
}
