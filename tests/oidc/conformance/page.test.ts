import { describe, expect, test } from 'bun:test'
import { join } from 'node:path'
import { type Finding, othersOf, renderPage } from '../../../tools/conformance-page.ts'
import { PLANS } from './plans.ts'

/** `docs/conformance.md` says what the modules are and what they check. That they pass is tested plan by plan. */
describe('the page of the conformance modules', () => {
	const modules = PLANS.flatMap((plan) => plan.modules)

	test('has every module, passing, as it is now', async () => {
		const page = await Bun.file(join(import.meta.dir, '../../../docs/conformance.md')).text()
		const others = othersOf(page, PLANS)
		// Whom else a variant breaks only a run of everything tells; the rest follows from the modules.
		const findings = new Map<string, Finding>(
			modules.map(({ name }) => [name, { result: 'passes', found: true, others: others.get(name) ?? [] }]),
		)
		expect(page).toBe(renderPage(PLANS, findings))
	})

	test('108 modules, no name twice, no broken server twice', () => {
		expect(new Set(modules.map(({ name }) => name)).size).toBe(108)
		expect(new Set(modules.map(({ broken }) => broken.what)).size).toBe(108)
	})

	test('the page shows what does not pass', () => {
		const failing: Finding = { result: 'does not pass: X', found: false, others: ['oidcc-server'] }
		const page = renderPage(PLANS, new Map([['oidcc-userinfo-get', failing]]))
		expect(page).toContain('does not pass: X')
		expect(othersOf(page, PLANS).get('oidcc-userinfo-get')).toEqual(['oidcc-server'])
	})
})
