import type { Page } from 'playwright-core'
import type { PublicKeyCredentialRequestOptionsJSON } from '../../../src/authn/index.ts'
import { th as checkWords } from '../../../web/words/check/th.ts'
import { th as citizenWords } from '../../../web/words/citizen/th.ts'
import { th as common } from '../../../web/words/common/th.ts'
import type { Browser } from '../../kit/http-client.ts'
import { fragmentOf } from '../../kit/journeys.ts'
import type { Phone as Device } from '../../kit/phone.ts'
import type { CardActs, OfflineCard } from './cast.ts'

/** What one does with the card on the phone: shows it, checks somebody else's. Over HTTP. */
export function cardActsOverHttp(
	browser: Browser,
	device: Device,
	codeOf: (act: Promise<unknown>) => Promise<string | null>,
): CardActs {
	let shown = ''
	return {
		async showsCard(pin) {
			const { options } = await browser.mutate<{ options: PublicKeyCredentialRequestOptionsJSON }>(
				'me.unlockOptions',
				{},
			)
			const response = await device.get(options)
			await browser.mutate('me.unlock', { pin, response, browserKey: await device.browserKeyProof(response) })
			const { id, link } = await browser.mutate<{ id: string; link: string }>('me.showCard', {})
			shown = id
			return link
		},
		async hearsOfTheCheck() {
			return (await browser.query<{ state: string }>('me.shownCard', { id: shown })).state === 'checked'
		},
		async checksCard(link) {
			await browser.get('/check')
			let seen = { name: '', photo: false, validity: '' }
			const refused = await codeOf(
				browser
					.mutate<{ name: { th: string }; portrait: string | null; validity: string }>('check.card', {
						token: fragmentOf(link),
					})
					.then(({ name, portrait, validity }) => {
						seen = { name: name.th, photo: portrait !== null, validity }
					}),
			)
			return refused === null ? seen : { refused }
		},
	}
}

/** The same in Chromium's phone. @param readQr reads the picture on the screen */
export function cardActsInChromium(
	page: Page,
	issuer: string,
	readQr: (page: Page, label: string) => Promise<string>,
): CardActs & { readsCardOffline(): Promise<OfflineCard> } {
	const act = (name: string) => page.getByRole('button', { name, exact: true })
	return {
		async showsCard(pin) {
			await page.goto(`${issuer}/card`)
			const field = page.getByLabel(common.pinLabel)
			await field.or(act(citizenWords.show)).first().waitFor()
			if (await field.isVisible()) {
				await field.fill(pin)
				await act(citizenWords.unlock).click()
			}
			await act(citizenWords.show).click()
			await page.getByRole('img', { name: citizenWords.showQr }).waitFor()
			return readQr(page, citizenWords.showQr)
		},
		async hearsOfTheCheck() {
			await page.getByText(citizenWords.shownHead).waitFor()
			return true
		},
		async checksCard(link) {
			await page.goto('about:blank')
			await page.goto(link)
			const first = await Promise.race([
				page.waitForSelector('[data-validity]').then(() => null),
				page.waitForSelector('[data-code]').then((alert) => alert.getAttribute('data-code')),
			])
			if (first !== null) return { refused: first }
			const seen = page.locator('[data-validity]')
			if (!(await page.getByText(checkWords.compareHead).isVisible())) throw new Error('nobody is told to compare')
			return {
				name: await seen.locator('[lang=th]').innerText(),
				photo: (await seen.locator('img').count()) === 1,
				validity: (await seen.getAttribute('data-validity')) ?? '',
			}
		},
		async readsCardOffline() {
			await page.goto(`${issuer}/card`)
			await page.getByText(citizenWords.detailsHead).waitFor()
			// The app is on the phone once its worker is.
			await page.evaluate(() => navigator.serviceWorker.ready)
			await page.context().setOffline(true)
			try {
				await page.reload()
				await page.getByText(citizenWords.offline, { exact: true }).waitFor()
				return {
					name: await page.locator('.id-card strong').innerText(),
					number: await page.locator('.id-card .digits').innerText(),
				}
			} finally {
				await page.context().setOffline(false)
			}
		},
	}
}
