import { escapeHtml, languageFor, plainHtml } from './lib/html.ts'

/** A person meets an error that may not travel to a relying party: plain words, what to do, the code, a 4xx status. */
export function errorPage(
	request: Request,
	error: { error: string; description: string; status: number; ui_locales?: string | undefined; about?: 'sign-out' },
): Response {
	const language = languageFor(request, error.ui_locales)
	const kind = error.about ?? error.error
	const words = (WORDS[kind] ?? WORDS.invalid_request)?.[language]
	const html = plainHtml({
		language,
		title: words?.title ?? '',
		body: ` data-error="${escapeHtml(error.error)}"`,
		main: `<p>${words?.text}</p>
<p>${words?.next}</p>
<p class="code">${escapeHtml(error.error)} · <span lang="en">${escapeHtml(error.description)}</span></p>`,
	})
	return new Response(html, {
		status: error.status,
		headers: { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' },
	})
}

interface Words {
	title: string
	text: string
	next: string
}

const BACK_TH = 'กลับไปที่เว็บไซต์ของหน่วยงานแล้วเริ่มเข้าสู่ระบบใหม่ หากยังไม่สำเร็จ โปรดแจ้งหน่วยงานนั้นพร้อมรหัสด้านล่าง'
const BACK_EN =
	'Go back to the agency’s website and start signing in again. If it happens again, tell the agency the code below.'

const WORDS: Record<string, { th: Words; en: Words }> = {
	invalid_request: {
		th: { title: 'คำขอเข้าสู่ระบบไม่ถูกต้อง', text: 'หน่วยงานส่งคำขอที่ระบบรับไม่ได้ ข้อมูลของท่านไม่ได้ถูกส่งไปที่ใด', next: BACK_TH },
		en: {
			title: 'This sign-in request is not right',
			text: 'The agency sent a request that we cannot take. None of your data went anywhere.',
			next: BACK_EN,
		},
	},
	'sign-out': {
		th: {
			title: 'ออกจากระบบไม่ได้',
			text: 'คำขอออกจากระบบที่หน่วยงานส่งมาไม่ถูกต้องหรือหมดอายุ ท่านยังอยู่ในระบบตามเดิม',
			next: 'กลับไปที่เว็บไซต์ของหน่วยงานแล้วลองใหม่ หากเป็นเครื่องสาธารณะ โปรดปิดเบราว์เซอร์',
		},
		en: {
			title: 'You could not be signed out',
			text: 'The request to sign out is not right or has expired. You are still signed in, as before.',
			next: 'Go back to the agency’s website and try again. If this is a public computer, close the browser.',
		},
	},
	invalid_client: {
		th: {
			title: 'ไม่รู้จักหน่วยงานนี้',
			text: 'เว็บไซต์ที่พาท่านมายังไม่ได้ลงทะเบียนกับ DOPA Digital ID หรือถูกระงับ โปรดอย่ากรอกข้อมูลส่วนตัวในเว็บไซต์นั้น',
			next: BACK_TH,
		},
		en: {
			title: 'We do not know this agency',
			text: 'The website that sent you here is not registered with DOPA Digital ID, or is suspended. Do not enter personal data there.',
			next: BACK_EN,
		},
	},
	temporarily_unavailable: {
		th: {
			title: 'ระบบยังไม่พร้อมให้บริการชั่วคราว',
			text: 'ขณะนี้ระบบตอบไม่ได้ ข้อมูลของท่านไม่ได้ถูกส่งไปที่ใด',
			next: 'รอสักครู่แล้วโหลดหน้านี้ใหม่',
		},
		en: {
			title: 'The service is away for a moment',
			text: 'It cannot answer now. None of your data went anywhere.',
			next: 'Wait a little, then load this page again.',
		},
	},
	invalid_request_uri: {
		th: { title: 'คำขอเข้าสู่ระบบหมดอายุแล้ว', text: 'คำขอนี้ถูกใช้ไปแล้วหรือหมดเวลา ข้อมูลของท่านไม่ได้ถูกส่งไปที่ใด', next: BACK_TH },
		en: {
			title: 'This sign-in request has expired',
			text: 'It was used already, or its time is over. None of your data went anywhere.',
			next: BACK_EN,
		},
	},
	not_found: {
		th: {
			title: 'ไม่พบหน้านี้',
			text: 'ลิงก์อาจไม่ครบ หรือหน้านี้ไม่มีแล้ว',
			next: 'โปรดเปิดลิงก์ใหม่อีกครั้ง หรือเริ่มใหม่จากเว็บไซต์ของหน่วยงาน',
		},
		en: {
			title: 'There is no such page',
			text: 'The link may be incomplete, or the page is no more.',
			next: 'Open the link again, or start anew at the agency’s website.',
		},
	},
	server_error: {
		th: { title: 'ระบบขัดข้องชั่วคราว', text: 'เกิดข้อผิดพลาดในระบบของเรา ไม่มีสิ่งใดถูกทำค้างไว้', next: 'โปรดลองใหม่อีกครั้งในอีกสักครู่' },
		en: {
			title: 'Something went wrong on our side',
			text: 'Nothing was left half done.',
			next: 'Please try again in a moment.',
		},
	},
}
