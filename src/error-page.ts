/** A person meets an error that may not travel to a relying party: plain words, what to do, the code, a 4xx status. */
export function errorPage(
	request: Request,
	error: { error: string; description: string; status: number; ui_locales?: string | undefined },
): Response {
	const language = languageOf(error.ui_locales) ?? languageOf(request.headers.get('accept-language')) ?? 'th'
	const words = (WORDS[error.error] ?? WORDS.invalid_request)?.[language]
	const html = `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${words?.title} · DOPA Digital ID</title>
<link rel="stylesheet" href="/plain.css">
</head>
<body data-error="${escapeHtml(error.error)}">
<main>
<p class="brand">DOPA Digital ID</p>
<h1>${words?.title}</h1>
<p>${words?.text}</p>
<p>${words?.next}</p>
<p class="code">${escapeHtml(error.error)} · <span lang="en">${escapeHtml(error.description)}</span></p>
</main>
</body>
</html>
`
	return new Response(html, {
		status: error.status,
		headers: { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' },
	})
}

/** The first of the wished languages that we speak. Browsers send theirs in order of preference. */
function languageOf(wished: string | null | undefined): 'th' | 'en' | null {
	for (const tag of (wished ?? '').split(/[\s,]+/)) {
		const [, language] = /^(th|en)(?=-|;|$)/i.exec(tag) ?? []
		if (language) return language.toLowerCase() === 'th' ? 'th' : 'en'
	}
	return null
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

const escapeHtml = (text: string) => text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`)
