import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, setDefaultTimeout, test } from 'bun:test'
import type { Browser, Page } from 'playwright-core'
import { th as citizen } from '../../../web/words/citizen/th.ts'
import { th as common } from '../../../web/words/common/th.ts'
import { DIST, type FakeServer, Refusal, startFakeServer } from './kit/fake-server.ts'
import { card, person, requestOptions } from './kit/people.ts'
import { enter, press, stateNamed, typePin } from './kit/states.ts'
import { openBrowser, openWindow, type Window } from './kit/window.ts'

/** The card where there is no network: what opens, what is kept for it and how, and when it ends. */
setDefaultTimeout(60_000)

let server: FakeServer
let browser: Browser
let window: Window
let page: Page

beforeAll(async () => {
	browser = await openBrowser()
}, 120_000)
afterAll(() => browser.close())
beforeEach(async () => {
	// One each: some of them go away in the middle.
	server = await startFakeServer()
	window = await openWindow(browser, { phone: true })
	page = window.page
})
afterEach(async () => {
	await window.context.close()
	await server.stop()
})

const NUMBER = /1-?9800-?00000-?02-?7/
const shown = (text: string) => page.getByText(text, { exact: true }).first().waitFor()
const face = () => page.locator('.id-card').innerText()
/** The worker is in charge, and all that it needs is kept. */
const installed = () => page.evaluate(async () => void (await navigator.serviceWorker.ready))

async function opened(changes: object = {}): Promise<void> {
	const state = stateNamed('card')
	await enter(window, server, { ...state, answers: { ...state.answers, 'me.card': () => card(changes) } })
}
async function withoutNetwork(): Promise<void> {
	await installed()
	await server.stop()
	await page.reload()
}

/** All that the browser keeps of this origin, as text; buffers letter by letter. */
async function kept(): Promise<{ text: string; records: number; extractable: boolean[] }> {
	return page.evaluate(async () => {
		const texts: string[] = [JSON.stringify(localStorage), JSON.stringify(sessionStorage)]
		const extractable: boolean[] = []
		let records = 0
		const spell = (value: unknown): void => {
			if (value instanceof CryptoKey) extractable.push(value.extractable)
			else if (value instanceof ArrayBuffer || ArrayBuffer.isView(value)) {
				const bytes = value instanceof ArrayBuffer ? new Uint8Array(value) : new Uint8Array(value.buffer)
				texts.push(new TextDecoder().decode(bytes), new TextDecoder('utf-16le').decode(bytes))
			} else if (typeof value === 'object' && value !== null) for (const inner of Object.values(value)) spell(inner)
			else texts.push(String(value))
		}
		for (const { name = '' } of await indexedDB.databases()) {
			const database = await new Promise<IDBDatabase>((resolve) => {
				const opening = indexedDB.open(name)
				opening.onsuccess = () => resolve(opening.result)
			})
			for (const store of database.objectStoreNames) {
				const rows = await new Promise<unknown[]>((resolve) => {
					const reading = database.transaction(store).objectStore(store).getAll()
					reading.onsuccess = () => resolve(reading.result)
				})
				if (name === 'dopa-card') records += rows.length
				for (const row of rows) spell(row)
			}
			database.close()
		}
		for (const name of await caches.keys())
			for (const request of await (await caches.open(name)).keys())
				texts.push(`cached ${new URL(request.url).pathname}`)
		return { text: texts.join('\n'), records, extractable }
	})
}

describe('without network', () => {
	test('the app starts, and the card’s face is there, named a copy, with its time and no number', async () => {
		await opened()
		await withoutNetwork()
		await shown(citizen.offline)
		expect(await face()).toContain(person.name.th)
		expect(await face()).toContain(`${citizen.offlineStatus}: ${citizen.statuses.active}`)
		expect(await face()).toContain('x-xxxx-xxxxx-xx-x')
		expect(await page.locator('.id-card img').getAttribute('src')).toBe(person.portrait)
		expect(await page.locator('main').innerText()).not.toMatch(NUMBER)
		expect(await page.locator('main').innerText()).not.toContain(person.address)
		expect(await page.evaluate(() => document.fonts.check('18px Sarabun'))).toBe(true)
	})

	test('each of the app’s pages starts, and says why it shows nothing', async () => {
		await opened()
		await installed()
		await server.stop()
		await page.goto(`${server.url}/inbox`)
		await page.locator('[data-code=network]').waitFor()
		await page.goto(`${server.url}/scan`)
		await window.context.setOffline(true)
		await press(page, citizen.scanStart)
		await page.locator('[data-code=network]').waitFor()
	})

	test('where nothing was kept it says so', async () => {
		await opened({ copy: { credentialId: 'AAAA', keptFor: 0 } })
		expect((await kept()).records).toBe(0)
		await withoutNetwork()
		await shown(citizen.offlineNoneText)
	})

	test('a copy ends by its time, and is erased', async () => {
		await opened({ copy: { credentialId: 'AAAA', keptFor: 4_000 } })
		expect((await kept()).records).toBe(1)
		await page.waitForTimeout(4_000)
		await withoutNetwork()
		await shown(citizen.offlineNoneText)
		expect((await kept()).records).toBe(0)
	})

	test('a clock that was set back does not keep it longer', async () => {
		await opened()
		await window.context.addInitScript(() => {
			const real = Date.now.bind(Date)
			Date.now = () => real() - 3_600_000
		})
		await withoutNetwork()
		await shown(citizen.offlineNoneText)
		expect((await kept()).records).toBe(0)
	})
})

describe('what is kept', () => {
	test('is sealed: no name, no number, no picture can be read, and the key cannot be taken out', async () => {
		await opened()
		await installed()
		const { text, records, extractable } = await kept()
		expect(records).toBe(1)
		expect(extractable).toEqual([false])
		expect(text).not.toMatch(NUMBER)
		for (const secret of [...person.name.th.split(' '), 'Somying', person.portrait.slice(30, 60), person.cardNumber])
			expect(text).not.toContain(secret)
	})

	test('by the worker are the shell and files that hold their own hash, and never an answer', async () => {
		await opened()
		await installed()
		await page.goto(`${server.url}/inbox`)
		await page.getByText(citizen.inboxLead).waitFor()
		const cached = (await kept()).text.match(/^cached .+$/gm) ?? []
		expect(cached).toContain('cached /shell')
		expect(cached.length).toBeGreaterThan(15)
		expect(cached.filter((line) => !/^cached \/(shell|assets\/[\w.-]+-[\w-]{8}\.(js|css|woff2))$/.test(line))).toEqual(
			[],
		)
	})

	test('goes when the card is locked', async () => {
		await opened()
		expect((await kept()).records).toBe(1)
		server.answers['me.device'] = () => ({ known: true, unlocked: false })
		await press(page, citizen.lock)
		await shown(citizen.lockedHead)
		expect((await kept()).records).toBe(0)
	})

	test.each(['lock-done', 'end-done'])(
		'goes with the digital ID that its owner gives up or locks: %s',
		async (state) => {
			await opened()
			expect((await kept()).records).toBe(1)
			await enter(window, server, stateNamed(state))
			expect((await kept()).records).toBe(0)
		},
	)

	test('goes at the next contact, when another device has taken this one’s place', async () => {
		await opened()
		server.answers['me.device'] = () => ({ known: false, unlocked: false })
		await page.reload()
		await shown(citizen.notEnrolledHead)
		expect((await kept()).records).toBe(0)
	})

	test('is renewed with each look, with what the status is by then', async () => {
		await opened()
		server.answers['me.card'] = () => card({ status: 'suspended', statusReason: 'card_lost' })
		await page.reload()
		await page.locator('.id-card[data-status=suspended]').waitFor()
		await withoutNetwork()
		await shown(citizen.offline)
		expect(await face()).toContain(citizen.statuses.suspended)
	})
})

describe('the number', () => {
	/** An unlocking by a passkey that can, or cannot, make keys of its own. */
	async function unlocked(hasPrf: boolean): Promise<void> {
		const cdp = await window.context.newCDPSession(page)
		await cdp.send('WebAuthn.enable', { enableUI: false })
		await cdp.send('WebAuthn.addVirtualAuthenticator', {
			options: {
				protocol: 'ctap2',
				ctap2Version: 'ctap2_1',
				transport: hasPrf ? 'internal' : 'usb',
				hasResidentKey: true,
				hasUserVerification: true,
				isUserVerified: true,
				automaticPresenceSimulation: true,
				hasPrf,
			},
		})
		await page.goto(server.url)
		const credentialId = await page.evaluate(async () => {
			const made = (await navigator.credentials.create({
				publicKey: {
					challenge: new Uint8Array(32),
					rp: { id: 'localhost', name: 'DOPA Digital ID' },
					user: { id: new Uint8Array(16).fill(7), name: 'D.DOPA', displayName: 'D.DOPA' },
					pubKeyCredParams: [{ type: 'public-key', alg: -7 }],
					authenticatorSelection: { userVerification: 'required', residentKey: 'required' },
					extensions: { prf: {} },
				},
			})) as PublicKeyCredential
			return made.id
		})
		let open = false
		const state = stateNamed('card')
		const options = { ...requestOptions(), allowCredentials: [{ id: credentialId, type: 'public-key' }] }
		await enter(window, server, {
			...state,
			seen: citizen.lockedHead,
			answers: {
				...state.answers,
				'me.device': () => ({ known: true, unlocked: open }),
				'me.unlockOptions': () => ({ options }),
				'me.unlock': () => {
					open = true
					return { outcome: 'unlocked' }
				},
				'me.card': () => card({ copy: { credentialId, keptFor: 3_600_000 } }),
			},
		})
		await typePin(page)
		await press(page, citizen.unlock)
		await shown(citizen.detailsHead)
	}

	test('is sealed by the passkey’s own key where it makes one, and opens by it without network', async () => {
		await window.withoutAuthenticator()
		await unlocked(true)
		const sent = server.calls.find(({ name }) => name === 'me.unlock')?.input
		expect((sent as { response: { clientExtensionResults: object } }).response.clientExtensionResults).toEqual({})
		expect((await kept()).text).not.toMatch(NUMBER)
		// Another look without an unlocking keeps the number that is sealed.
		await page.reload()
		await shown(citizen.detailsHead)
		await withoutNetwork()
		await shown(citizen.offline)
		expect(await face()).not.toMatch(NUMBER)
		await press(page, citizen.offlinePidShow)
		await page.getByText(person.pid).waitFor()
		await press(page, common.pidHide)
		expect(await face()).not.toMatch(NUMBER)
	})

	test('stays hidden where the passkey makes none', async () => {
		await window.withoutAuthenticator()
		await unlocked(false)
		await withoutNetwork()
		await shown(citizen.offline)
		expect(await face()).toContain(citizen.offlinePidNo)
		expect(await page.getByRole('button', { name: citizen.offlinePidShow }).count()).toBe(0)
	})
})

describe('a new version', () => {
	test('waits, is told of, and takes over when the page is loaded again', async () => {
		await opened()
		await installed()
		const before = (await page.evaluate(() => caches.keys())).join()
		server.files['/sw.js'] = (await Bun.file(`${DIST}/sw.js`).text()).replace(
			/version:`?"?[\da-f]{16}|"version":"[\da-f]{16}/,
			(found) => found.replace(/[\da-f]{16}$/, '0123456789abcdef'),
		)
		await page.reload()
		await shown(citizen.newVersion)
		expect((await page.evaluate(() => caches.keys())).sort()).toEqual([before, 'dopa-shell-0123456789abcdef'].sort())
		const loaded = page.waitForEvent('load')
		await press(page, citizen.newVersionTake)
		await loaded
		await shown(citizen.detailsHead)
		expect(await page.evaluate(() => caches.keys())).toEqual(['dopa-shell-0123456789abcdef'])
		expect(await page.getByText(citizen.newVersion).count()).toBe(0)
	})

	test('that is not whole does not come', async () => {
		await opened()
		await installed()
		const before = await page.evaluate(() => caches.keys())
		server.files['/sw.js'] = (await Bun.file(`${DIST}/sw.js`).text())
			.replace(/[\da-f]{16}/, 'fedcba9876543210')
			.replace(/\/assets\/api-[\w-]+\.js/, '/assets/gone-12345678.js')
		await page.reload()
		await shown(citizen.detailsHead)
		await page.waitForTimeout(1_000)
		expect(await page.getByText(citizen.newVersion).count()).toBe(0)
		server.answers['me.device'] = () => {
			throw new Refusal('network')
		}
		await page.reload()
		await shown(citizen.offline)
		expect(await page.evaluate(() => caches.keys())).toEqual(expect.arrayContaining(before))
	})
})
