import { SECOND } from '../../lib/clock.ts'
import { sha256 } from '../../lib/crypto.ts'
import { escapeHtml, formPageHeaders, type Language, plainHtml } from '../../lib/html.ts'
import type { Place, Vault } from '../../lib/vault.ts'

/** What a page of ours posts to the relying party for the browser. */
export interface FormPost {
	/** The redirect URI as it is registered. */
	action: string
	fields: Readonly<Record<string, string>>
	language: Language
}

/** As long as a code lives. */
const SEALED_FOR = 60 * SECOND
const PLACE: Place = ['form_post', 'answer', 'json']
export const FORM_POST_PATH = '/oauth/form_post'

const SCRIPT = 'document.forms[0].submit()'
const SCRIPT_SOURCE = `sha256-${sha256(SCRIPT).toBase64()}`

const WORDS = {
	th: { title: 'กำลังกลับไปที่เว็บไซต์ของหน่วยงาน', text: 'หากหน้านี้ไม่เปลี่ยนเอง โปรดกดปุ่ม', go: 'ไปต่อ' },
	en: {
		title: 'Going back to the agency',
		text: 'If this page does not change by itself, press the button.',
		go: 'Continue',
	},
} as const

/** OAuth 2.0 Form Post Response Mode §2: a form that sends itself, or by its button where no script runs. */
export function formPostPage({ action, fields, language }: FormPost): Response {
	const { title, text, go } = WORDS[language]
	const inputs = Object.entries(fields).map(
		([name, value]) => `<input type="hidden" name="${escapeHtml(name)}" value="${escapeHtml(value)}">`,
	)
	const main = `<p>${text}</p>
<form method="post" action="${escapeHtml(action)}">
${inputs.join('\n')}
<button type="submit">${go}</button>
</form>
<script>${SCRIPT}</script>`
	return new Response(plainHtml({ language, title, main }), {
		headers: formPageHeaders({ to: action, script: SCRIPT_SOURCE }),
	})
}

/**
 * The address of that page for a browser that can only be sent somewhere: what is posted is sealed, so that no code stands
 * in a history or a log, and opens for a minute.
 */
export function formPostUrl(deps: { issuer: string; vault: Vault; clock: { now(): number } }, post: FormPost): string {
	const until = deps.clock.now() + SEALED_FOR
	const answer = deps.vault.seal(PLACE, JSON.stringify({ ...post, until }))
	return `${deps.issuer}${FORM_POST_PATH}?${new URLSearchParams({ answer })}`
}

/** @returns null where nothing was sealed by us, or its minute is over */
export function openFormPost(deps: { vault: Vault; clock: { now(): number } }, answer: string): FormPost | null {
	try {
		const { until, ...post } = JSON.parse(deps.vault.open(PLACE, answer)) as FormPost & { until: number }
		return deps.clock.now() < until ? post : null
	} catch {
		return null
	}
}
