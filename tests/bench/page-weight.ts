/**
 * What the sign-in page needs until it can be used: the HTML, its stylesheets, its scripts and what those import at
 * once. Each file is compressed for itself, as a server sends it. Fonts are counted apart: the text stands before they
 * are there (`font-display: swap`).
 */
export interface PageWeight {
	/** Bytes, gzip. */
	total: number
	fonts: number
	files: { path: string; bytes: number }[]
}

/** @param page URL of the page @throws Error where a file of it is not there */
export async function pageWeight(page: string): Promise<PageWeight> {
	const files = new Map<string, number>()
	const fonts = new Map<string, number>()

	async function take(url: URL, into = files): Promise<string> {
		if (into.has(url.pathname)) return ''
		into.set(url.pathname, 0)
		const response = await fetch(url)
		if (!response.ok) throw new Error(`${url.pathname}: HTTP ${response.status}`)
		const bytes = new Uint8Array(await response.arrayBuffer())
		into.set(url.pathname, into === fonts ? bytes.byteLength : Bun.gzipSync(bytes).byteLength)
		return into === fonts ? '' : new TextDecoder().decode(bytes)
	}

	async function script(url: URL): Promise<void> {
		const text = await take(url)
		for (const [, path = ''] of text.matchAll(/(?:\bfrom|\bimport)\s*["'](\.{1,2}\/[^"']+\.js)["']/g))
			await script(new URL(path, url))
	}

	async function style(url: URL): Promise<void> {
		const text = await take(url)
		for (const [, path = ''] of text.matchAll(/url\(["']?([^"')]+\.woff2)["']?\)/g))
			await take(new URL(path, url), fonts)
	}

	const html = await take(new URL(page))
	for (const [tag] of html.matchAll(/<(?:script|link)\b[^>]*>/g)) {
		const [, path] = /\b(?:src|href)="([^"]+)"/.exec(tag) ?? []
		if (!path) continue
		if (/^<script|rel="modulepreload"/.test(tag)) await script(new URL(path, page))
		else if (tag.includes('rel="stylesheet"')) await style(new URL(path, page))
	}
	const sum = (of: Map<string, number>) => [...of.values()].reduce((total, bytes) => total + bytes, 0)
	return { total: sum(files), fonts: sum(fonts), files: [...files].map(([path, bytes]) => ({ path, bytes })) }
}
