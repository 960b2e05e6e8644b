import type { JSX } from 'solid-js'
import { render } from 'solid-js/web'
import { startLanguage } from '../words/index.ts'

/** Draws a page, in the language in which it is wanted. */
export function startPage(page: () => JSX.Element): void {
	const root = document.querySelector('#root')
	if (!root) throw new Error('the page has no #root')
	void startLanguage().then(() => render(page, root))
}
