import { afterAll, afterEach, beforeAll, beforeEach, expect, setDefaultTimeout, test } from 'bun:test'
import type { Browser } from 'playwright-core'
import { th as office } from '../../../web/words/office/th.ts'
import { type FakeServer, Refusal, startFakeServer } from './kit/fake-server.ts'
import { officeCase, person } from './kit/people.ts'
import { readQr } from './kit/qr.ts'
import { enter, press, stateNamed } from './kit/states.ts'
import { DESKTOP, openBrowser, openWindow, type Window } from './kit/window.ts'

/** The officer's desk: what it sends, and how it follows the applicant. */
setDefaultTimeout(60_000)

const CASE = '/office/cases/cas_AAAAAAAAAAAAAAAAAAAAAA/events'
let server: FakeServer
let browser: Browser
let window: Window

beforeAll(async () => {
	server = await startFakeServer()
	browser = await openBrowser()
}, 120_000)
afterAll(async () => {
	await browser.close()
	await server.stop()
})
beforeEach(async () => {
	window = await openWindow(browser, { viewport: DESKTOP })
})
afterEach(() => window.context.close())

test('a number is sent as its digits, however it was typed', async () => {
	await enter(window, server, stateNamed('office-desk'))
	await window.page.getByLabel(office.pidLabel).fill('๑ ๙๘๐๐-00000 02 7')
	await press(window.page, office.lookUp)
	await window.page.getByText(person.pid).waitFor()
	expect(server.calls.find(({ name }) => name === 'office.lookUp')?.input).toEqual({ pid: '1980000000027' })
})

test('the number under the photo goes with it where it was typed, and never in part', async () => {
	await enter(window, server, stateNamed('office-card-incomplete'))
	await press(window.page, office.lookUp)
	expect(server.calls.filter(({ name }) => name === 'office.lookUp')).toEqual([])
	await window.page.getByLabel(office.cardLabel).fill('9800-๐๒-05121234')
	await press(window.page, office.lookUp)
	await window.page.getByText(person.pid).waitFor()
	const sent = server.calls.find(({ name }) => name === 'office.lookUp')
	expect(sent?.input).toEqual({ pid: '1980000000027', cardNumber: '98000205121234' })
})

test('a number with a wrong check digit is never sent', async () => {
	await enter(window, server, stateNamed('office-pid-wrong'))
	await press(window.page, office.lookUp)
	expect(server.calls.filter(({ name }) => name === 'office.lookUp')).toEqual([])
})

test('no QR without the word that the face was compared', async () => {
	await enter(window, server, stateNamed('office-face-missing'))
	expect(server.calls.filter(({ name }) => name === 'office.issueLink')).toEqual([])
})

test('the QR holds the link that the server gave, and no page shows the PIN', async () => {
	await enter(window, server, stateNamed('office-link'))
	const shown = await readQr(window.page, window.page.getByRole('img', { name: office.linkLabel }))
	expect(shown).toBe('http://localhost/enrol#7Yx3kq2mWcVbN1zRt5uJp8sLd0fGhQaE4iOyTnBvMxA')
	expect(await window.page.locator('input[type=password]').count()).toBe(0)
})

test('the applicant is followed by asking where the stream is refused', async () => {
	await enter(window, server, { ...stateNamed('office-case'), events: {} })
	server.answers['office.case'] = () => officeCase('opened')
	await window.page.locator('li[aria-current=step]', { hasText: office.progress.opened }).waitFor()
	server.answers['office.case'] = () => officeCase('done')
	await window.page.getByText(office.doneHead).waitFor()
	const lead = await window.page.locator('.lead').innerText()
	expect(lead).toBe(office.doneText(person.name.th))
})

test('the next person begins at an empty desk', async () => {
	await enter(window, server, stateNamed('office-done'))
	await press(window.page, office.nextPerson)
	expect(await window.page.getByLabel(office.pidLabel).inputValue()).toBe('')
	expect(await window.page.locator('main').innerText()).not.toContain(person.name.th)
})

test('an officer whose time has run out signs in again, and sees nothing of the citizen meanwhile', async () => {
	await enter(window, server, stateNamed('office-case'))
	server.answers['office.issueLink'] = () => {
		throw new Refusal('not_signed_in')
	}
	await window.page.getByLabel(office.faceConfirm).check()
	await press(window.page, office.issue)
	await window.page.getByText(office.signInOver).waitFor()
	expect(await window.page.locator('main').innerText()).not.toContain(person.pid)
})

test('cancelling is asked again, and Esc takes it back', async () => {
	await enter(window, server, { ...stateNamed('office-cancel-question'), events: { [CASE]: [] } })
	await window.page.keyboard.press('Escape')
	await window.page.getByRole('dialog').waitFor({ state: 'hidden' })
	expect(server.calls.filter(({ name }) => name === 'office.cancel')).toEqual([])
	await press(window.page, office.cancel)
	await window.page.getByRole('dialog').getByRole('button', { name: office.cancelYes }).click()
	await window.page.getByText(office.cancelledHead).first().waitFor()
	expect(server.calls.filter(({ name }) => name === 'office.cancel')).toHaveLength(1)
})
