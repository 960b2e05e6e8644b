import { escapeHtml, formPageHeaders, languageFor, plainHtml } from '../../lib/html.ts'
import type { LogoutRequest } from './request.ts'

/** Names of the relying party that asks, as citizens know it. */
export interface AskingClient {
	nameTh: string
	nameEn: string
	domain: string
}

const WORDS = {
	th: {
		ask: 'ต้องการออกจากระบบหรือไม่',
		asked: (name: string, domain: string) => `${name} (${domain}) ขอให้ท่านออกจากระบบ DOPA Digital ID ในเบราว์เซอร์นี้`,
		unasked: 'ท่านกำลังจะออกจากระบบ DOPA Digital ID ในเบราว์เซอร์นี้',
		what: 'หน่วยงานที่ท่านเข้าใช้จากเบราว์เซอร์นี้จะได้รับแจ้งให้ออกจากระบบด้วย ดิจิทัลไอดีในโทรศัพท์ของท่านยังใช้ได้ตามเดิม',
		yes: 'ออกจากระบบ',
		no: 'ไม่ออกจากระบบ',
		done: 'ออกจากระบบแล้ว',
		doneText: 'เบราว์เซอร์นี้ออกจากระบบ DOPA Digital ID แล้ว หากเป็นเครื่องสาธารณะ โปรดปิดเบราว์เซอร์',
		stayed: 'ท่านยังอยู่ในระบบ',
		stayedText: 'ไม่มีสิ่งใดถูกออกจากระบบ ท่านปิดหน้านี้ได้',
		back: 'กลับไปที่เว็บไซต์ของหน่วยงาน',
	},
	en: {
		ask: 'Do you want to sign out?',
		asked: (name: string, domain: string) =>
			`${name} (${domain}) asks that you sign out of DOPA Digital ID in this browser.`,
		unasked: 'You are about to sign out of DOPA Digital ID in this browser.',
		what: 'Agencies that you have used from this browser will be told to sign you out too. The digital ID on your phone works on as before.',
		yes: 'Sign out',
		no: 'Stay signed in',
		done: 'You are signed out',
		doneText: 'This browser is signed out of DOPA Digital ID. If it is a public computer, close the browser.',
		stayed: 'You are still signed in',
		stayedText: 'Nothing was signed out. You can close this page.',
		back: 'Back to the agency’s website',
	},
} as const

export const CONFIRM_PATH = '/oauth/end_session/confirm'

/** Only the citizen can say whether it is their wish: anybody can send a browser here. */
export function askPage(request: Request, wish: LogoutRequest, client: AskingClient | null, sealed: string): Response {
	const language = languageFor(request, wish.uiLocales)
	const words = WORDS[language]
	const name = client && (language === 'th' ? client.nameTh : client.nameEn)
	const main = `<p>${client && name ? escapeHtml(words.asked(name, client.domain)) : words.unasked}</p>
<p>${words.what}</p>
<form method="post" action="${CONFIRM_PATH}">
<input type="hidden" name="request" value="${escapeHtml(sealed)}">
<button type="submit" name="decision" value="sign-out">${words.yes}</button>
<button type="submit" name="decision" value="stay" class="second">${words.no}</button>
</form>`
	return new Response(plainHtml({ language, title: words.ask, main }), {
		headers: {
			...formPageHeaders({ to: wish.redirectUri ?? undefined }),
			// Without it the form's Origin would be `null`, and nobody could tell our page from another.
			'referrer-policy': 'same-origin',
		},
	})
}

/** Nothing is left to go to. */
export function donePage(request: Request, wish: LogoutRequest): Response {
	const language = languageFor(request, wish.uiLocales)
	const { done, doneText } = WORDS[language]
	return page(plainHtml({ language, title: done, main: `<p>${doneText}</p>` }))
}

export function stayedPage(request: Request, wish: LogoutRequest): Response {
	const language = languageFor(request, wish.uiLocales)
	const { stayed, stayedText, back } = WORDS[language]
	const link = wish.redirectUri === null ? '' : `\n<p><a href="${escapeHtml(wish.redirectUri)}">${back}</a></p>`
	return page(plainHtml({ language, title: stayed, main: `<p>${stayedText}</p>${link}` }))
}

const page = (html: string) => new Response(html, { headers: formPageHeaders({}) })
