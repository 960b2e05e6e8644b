import { describe, expect, test } from 'bun:test'
import { officerProcedure, publicProcedure, router, z } from '../../src/lib/rpc.ts'
import { createAppRouter } from '../../src/trpc.ts'
import { isCode, sources, under } from './kit/sources.ts'
import { builderViolations, undeclaredProcedures } from './rules/procedures.ts'

describe('every procedure says who may call it', () => {
	test('all of the product’s declare role and assurance', () => {
		// The router is made, not called: nothing that it needs is touched.
		const { procedures } = createAppRouter({} as never)._def
		expect(Object.keys(procedures).length).toBeGreaterThan(20)
		expect(undeclaredProcedures(procedures)).toEqual([])
	})

	test('nobody takes tRPC’s own builder', () => {
		expect(builderViolations(sources((path) => isCode(path) && under('src')(path)))).toEqual([])
	})

	test('the rule can fail', () => {
		const path = 'src/notices/router.ts'
		expect(builderViolations([{ path, text: `import { initTRPC } from '@trpc/server'` }])).toHaveLength(1)
		expect(builderViolations([{ path, text: `import { TRPCError } from '@trpc/server'` }])).toEqual([])
		expect(undeclaredProcedures({ 'a.b': { _def: {} } })).toEqual(['a.b declares no role and assurance'])
		expect(undeclaredProcedures({ 'a.b': { _def: { meta: { role: 'anybody', assurance: 'none' } } } })).toHaveLength(1)
		expect(undeclaredProcedures({ 'a.b': { _def: { meta: { role: 'citizen', assurance: 'none' } } } })).toHaveLength(1)
	})

	test('and reads what tRPC keeps', () => {
		const made = router({
			a: publicProcedure('none').query(() => 1),
			b: router({
				c: officerProcedure('session')
					.input(z.strictObject({}))
					.mutation(() => 2),
			}),
		})
		const { procedures } = made._def
		expect(Object.keys(procedures)).toEqual(['a', 'b.c'])
		expect(undeclaredProcedures(procedures)).toEqual([])
	})
})
