import type { AgencyPage } from './cast.ts'

/** Reads what the sample agency shows: its lists of names and values, or the code of an error. */
export function readAgencyPage(html: string): AgencyPage {
	const claims: Record<string, string> = {}
	for (const [, name = '', value = ''] of html.matchAll(/<dt><code>([^<]+)<\/code><\/dt><dd>([^<]*)<\/dd>/g))
		claims[name] ??= value
	const error = /<div role="alert">[\s\S]*?<code>([^<]+)<\/code>/.exec(html)?.[1] ?? null
	return { claims, error }
}
