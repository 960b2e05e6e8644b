import axe from 'axe-core'
import type { Page } from 'playwright-core'

/** @returns what axe-core finds wrong on the page: rule and elements, one line each. */
export async function violationsOf(page: Page): Promise<string[]> {
	// Evaluated by the debugger, so the page's own policy does not have to let it in.
	if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axe.source)
	return page.evaluate(async () => {
		const { axe: found } = window as unknown as { axe: typeof import('axe-core') }
		const { violations } = await found.run(document, {
			runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
			resultTypes: ['violations'],
		})
		return violations.map((rule) => `${rule.id}: ${rule.nodes.map((node) => node.target.join(' ')).join(', ')}`)
	})
}
