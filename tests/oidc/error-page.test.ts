import { afterAll, describe, expect, test } from 'bun:test'
import { openProvider } from './kit/provider.ts'
import { register } from './kit/relying-party.ts'
import { authorizationParameters, authorize, type Changes } from './kit/requests.ts'

/** A person meets an error that may not travel to a relying party. */
const provider = await openProvider()
afterAll(() => provider.close())
const rp = await register(provider)

const page = async (changes: Changes, language = 'th') => {
	const response = await authorize(provider.browser({ language }), rp, changes)
	return { status: response.status, html: await response.text() }
}

describe('the page says in the language of the person what is wrong', () => {
	const UNKNOWN = { client_id: 'nobody' }
	test.each<[string, Changes, string, string]>([
		['th', UNKNOWN, 'th', 'ไม่รู้จักหน่วยงานนี้'],
		['en-US,en;q=0.9', UNKNOWN, 'en', 'We do not know this agency'],
		['th-TH,th;q=0.9,en;q=0.8', UNKNOWN, 'th', 'ไม่รู้จักหน่วยงานนี้'],
		['en-GB,en;q=0.9,th;q=0.8', UNKNOWN, 'en', 'We do not know this agency'],
		['fr-FR,fr;q=0.9,en;q=0.8', UNKNOWN, 'en', 'We do not know this agency'],
		['my', UNKNOWN, 'th', 'ไม่รู้จักหน่วยงานนี้'],
		['en', { redirect_uri: 'https://evil.example/' }, 'en', 'This sign-in request is not right'],
		['th', { redirect_uri: 'https://evil.example/' }, 'th', 'คำขอเข้าสู่ระบบไม่ถูกต้อง'],
		['en', { request_uri: 'urn:ietf:params:oauth:request_uri:x' }, 'en', 'This sign-in request has expired'],
		['th', { request_uri: 'urn:ietf:params:oauth:request_uri:x' }, 'th', 'คำขอเข้าสู่ระบบหมดอายุแล้ว'],
		['th', { ...UNKNOWN, ui_locales: 'en' }, 'en', 'We do not know this agency'],
		['en', { ...UNKNOWN, ui_locales: 'fr th' }, 'th', 'ไม่รู้จักหน่วยงานนี้'],
	])('%s, %o', async (language, changes, shown, title) => {
		const { status, html } = await page(changes, language)
		expect(status).toBe(400)
		expect(html).toContain(`<html lang="${shown}">`)
		expect(html).toContain(`<h1>${title}</h1>`)
		expect(html).not.toContain('undefined')
	})

	test('a request that came by POST says its language in the form', async () => {
		const form = authorizationParameters(rp, { ...UNKNOWN, ui_locales: 'en' })
		const response = await provider.browser().post('/oauth/authorize', form)
		expect(await response.text()).toContain('<html lang="en">')
	})
})

test('nothing of the request stands on the page', async () => {
	const script = '<script>alert(1)</script>"\'&'
	const { html } = await page({
		client_id: script,
		state: script,
		redirect_uri: script,
		scope: script,
		ui_locales: script,
	})
	expect(html).not.toContain('alert(1)')
})

test('no script runs on it', async () => {
	expect((await page({ client_id: 'nobody' })).html).not.toMatch(/<script|\son\w+=|style=/)
})
