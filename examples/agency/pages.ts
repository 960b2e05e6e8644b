/** The sample agency's pages: Thai first, English beside it, no script. `html` escapes every value. */
import { html } from 'hono/html'

export interface Citizen {
	userinfo: Record<string, unknown>
	/** Of the id_token, verified. */
	claims: Record<string, unknown>
	header: Record<string, unknown>
	/** What was granted, space-separated. */
	scope: string | undefined
}

/** What can be asked for. A real agency offers no such choice: it asks for what its purpose needs. */
export const scopes = [
	{ scope: 'openid', th: 'ยืนยันตัวตน', en: 'Sign-in itself' },
	{ scope: 'pid', th: 'เลขประจำตัวประชาชน', en: 'Citizen number' },
	{ scope: 'name', th: 'ชื่อเต็ม (ไทย)', en: 'Full name (Thai)' },
	{ scope: 'name_en', th: 'ชื่อเต็ม (อังกฤษ)', en: 'Full name (English)' },
	{ scope: 'given_name', th: 'ชื่อ (ไทย)', en: 'Given name (Thai)' },
	{ scope: 'middle_name', th: 'ชื่อกลาง (ไทย)', en: 'Middle name (Thai)' },
	{ scope: 'family_name', th: 'นามสกุล (ไทย)', en: 'Family name (Thai)' },
	{ scope: 'given_name_en', th: 'ชื่อ (อังกฤษ)', en: 'Given name (English)' },
	{ scope: 'middle_name_en', th: 'ชื่อกลาง (อังกฤษ)', en: 'Middle name (English)' },
	{ scope: 'family_name_en', th: 'นามสกุล (อังกฤษ)', en: 'Family name (English)' },
	{ scope: 'birthdate', th: 'วันเดือนปีเกิด', en: 'Date of birth' },
	{ scope: 'address', th: 'ที่อยู่ตามบัตร', en: 'Address on the card' },
	{ scope: 'gender', th: 'เพศ', en: 'Gender' },
]

const problems: Record<string, [th: string, en: string]> = {
	access_denied: ['ท่านไม่อนุญาต จึงไม่มีข้อมูลใดส่งมาที่สำนักงาน', 'You did not agree. Nothing about you was sent here.'],
	unknown_attempt: ['การเข้าสู่ระบบนี้ไม่ได้เริ่มที่นี่ หรือใช้ไปแล้ว', 'This sign-in was not begun here, or was used already.'],
	answer_refused: ['คำตอบจากผู้ให้บริการตรวจสอบไม่ผ่าน', "The provider's answer did not pass our checks."],
	invalid_scope: ['สำนักงานขอข้อมูลเกินกว่าที่ลงทะเบียนไว้', 'We asked for more than we are registered for.'],
	temporarily_unavailable: ['ผู้ให้บริการยังไม่พร้อม โปรดลองใหม่ภายหลัง', 'The provider is not ready. Please try again later.'],
	unreachable: ['ติดต่อผู้ให้บริการไม่ได้ โปรดลองใหม่ภายหลัง', 'The provider could not be reached. Please try again later.'],
}

const both = (th: string, en: string) => html`${th} <span class="en" lang="en">${en}</span>`

const layout = (title: [th: string, en: string], body: ReturnType<typeof html>) => html`<!doctype html>
<html lang="th">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title.join(' · ')}</title>
<link rel="stylesheet" href="/agency.css">
</head>
<body>
<header><p class="brand">สำนักงานตัวอย่าง · <span lang="en">Sample Agency</span></p></header>
<main>
<h1>${both(...title)}</h1>
${body}
</main>
<footer><p>${both('หน่วยงานสมมติ ใช้ทดลองระบบเท่านั้น', 'A fictional agency, for trying the system only')}</p></footer>
</body>
</html>`

const choice = ({ scope, th, en }: (typeof scopes)[number]) => {
	const state = scope === 'openid' ? 'checked disabled' : scope === 'name' ? 'checked' : ''
	return html`<li><label><input type="checkbox" name="scope" value="${scope}" ${state}> <span>${both(th, en)} <code>${scope}</code></span></label></li>`
}

export const choicePage = () =>
	layout(
		['เข้าสู่ระบบด้วยดิจิทัลไอดี', 'Sign in with the digital ID'],
		html`<form method="post" action="/sign-in">
<fieldset>
<legend>${both('เลือกข้อมูลที่จะขอ', 'Choose what to ask for')}</legend>
<ul class="scopes">${scopes.map(choice)}</ul>
</fieldset>
<button>${both('เข้าสู่ระบบ', 'Sign in')}</button>
</form>`,
	)

export const receivedPage = ({ userinfo, claims, header, scope }: Citizen) =>
	layout(
		['เข้าสู่ระบบแล้ว', 'You are signed in'],
		html`<h2>${both('ยืนยันตัวตนอย่างไร', 'How you were identified')}</h2>
${table({ acr: claims.acr, amr: claims.amr, auth_time: timeOf(claims.auth_time), scope })}
<h2>${both('ข้อมูลที่ได้รับ', 'What was received')} <code>userinfo</code></h2>
${table(userinfo)}
<h2>${both('หลักฐานที่ตรวจลายเซ็นแล้ว', 'The proof, its signature checked')} <code>id_token</code></h2>
${table(claims)}
<h3>${both('ส่วนหัว', 'Its header')}</h3>
${table(header)}
<form method="post" action="/sign-out"><button class="quiet">${both('ออกจากระบบของสำนักงาน', 'Sign out here')}</button></form>`,
	)

export const errorPage = (code: string, detail = '') => {
	const [th, en] = problems[code] ?? ['เข้าสู่ระบบไม่สำเร็จ โปรดลองใหม่', 'Something went wrong. Please try again.']
	return layout(
		['ยังไม่ได้เข้าสู่ระบบ', 'You are not signed in'],
		html`<div role="alert"><p>${both(th, en)}</p></div>
<p><code>${code}</code> <span class="en" lang="en">${detail}</span></p>
<p><a class="button" href="/">${both('กลับหน้าแรก', 'Back to the start')}</a></p>`,
	)
}

const table = (values: Record<string, unknown>) =>
	html`<dl>${Object.entries(values).map(([name, value]) => html`<div><dt><code>${name}</code></dt><dd>${textOf(value)}</dd></div>`)}</dl>`

function textOf(value: unknown): string {
	if (Array.isArray(value)) return value.join(', ')
	// An address is an object (OIDC Core §5.1.1), its `formatted` the line to show.
	if (value && typeof value === 'object') return 'formatted' in value ? String(value.formatted) : JSON.stringify(value)
	return String(value ?? '–')
}

const timeOf = (seconds: unknown) =>
	seconds && new Date(Number(seconds) * 1_000).toLocaleString('th-TH', { timeZone: 'Asia/Bangkok' })
