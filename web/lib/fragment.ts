/**
 * Secrets come to a page in the fragment, which no server and no log ever sees. They are taken out of the address at
 * once, so that they do not stay in the history or travel with a copied address, and kept for this tab, so that
 * reloading the page does not lose them.
 */
export function takeFragment(name: string): string | null {
	const fragment = location.hash.slice(1)
	if (fragment) {
		history.replaceState(history.state, '', location.pathname + location.search)
		remember(name, fragment)
		return fragment
	}
	try {
		return sessionStorage.getItem(name)
	} catch {
		return null
	}
}

export function forgetFragment(name: string): void {
	try {
		sessionStorage.removeItem(name)
	} catch {
		// Storage is refused: nothing was kept.
	}
}

function remember(name: string, value: string): void {
	try {
		sessionStorage.setItem(name, value)
	} catch {
		// Storage is refused (some private windows): a reload then asks for the link again.
	}
}
