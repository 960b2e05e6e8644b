/**
 * What the server's own pages share: errors, a form that goes on by itself, signing out. They are for moments in which
 * nothing else has loaded, so they need no script, and one small style sheet.
 */
export type Language = 'th' | 'en'

/** The first of the wished languages that we speak. Browsers send theirs in order of preference. */
export function languageOf(wished: string | null | undefined): Language | null {
	for (const tag of (wished ?? '').split(/[\s,]+/)) {
		const [, language] = /^(th|en)(?=-|;|$)/i.exec(tag) ?? []
		if (language) return language.toLowerCase() === 'th' ? 'th' : 'en'
	}
	return null
}

/** OpenID Connect Core §3.1.2.1: `ui_locales` first, then the browser's own languages, then Thai. */
export function languageFor(request: Request, uiLocales: string | null | undefined): Language {
	return languageOf(uiLocales) ?? languageOf(request.headers.get('accept-language')) ?? 'th'
}

export const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`)

export interface PlainPage {
	language: Language
	title: string
	/** HTML, each value in it escaped by its writer. */
	main: string
	/** Attributes of the body, HTML. */
	body?: string
	/** What else stands in the head, HTML. */
	head?: string
}

export function plainHtml({ language, title, main, body = '', head = '' }: PlainPage): string {
	return `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)} · DOPA Digital ID</title>
<link rel="stylesheet" href="/plain.css">
${head}</head>
<body${body}>
<main>
<p class="brand">DOPA Digital ID</p>
<h1>${escapeHtml(title)}</h1>
${main}
</main>
</body>
</html>
`
}

/**
 * The headers of a page with a form. `form-action` also counts for the redirects that follow the form (Chromium does so),
 * and where the relying party sends the browser next is its own business: any https address.
 * @param policy.to where the form, or the redirect that answers it, goes
 * @param policy.script `sha256-…` of the page's one script; none runs otherwise
 */
export function formPageHeaders(policy: { to?: string | undefined; script?: string }): Record<string, string> {
	const { to, script } = policy
	const csp = [
		"default-src 'none'",
		...(script ? [`script-src '${script}'`] : []),
		"style-src 'self'",
		"base-uri 'none'",
		`form-action 'self' ${to === undefined ? '' : `https: ${sourceOf(to)}`}`.trim(),
		"frame-ancestors 'none'",
	]
	return {
		'content-type': 'text/html; charset=utf-8',
		'cache-control': 'no-store',
		'content-security-policy': csp.join('; '),
	}
}

/** A source expression for the address; of an app's own scheme the scheme alone. */
function sourceOf(address: string): string {
	const { origin, protocol } = new URL(address)
	return origin === 'null' ? protocol : origin
}
