import type { Page } from 'playwright-core'
import { th as checks } from '../../../../web/words/check/th.ts'
import { th as citizen } from '../../../../web/words/citizen/th.ts'
import { th as common } from '../../../../web/words/common/th.ts'
import { th as enrol } from '../../../../web/words/enrol/th.ts'
import { th as suspended } from '../../../../web/words/errors/suspended.th.ts'
import { th as life } from '../../../../web/words/life/th.ts'
import { th as office } from '../../../../web/words/office/th.ts'
import { th as signIn } from '../../../../web/words/sign-in/th.ts'
import { type FakeServer, Refusal } from './fake-server.ts'
import { plantPasskey } from './passkey.ts'
import {
	agency,
	card,
	creationOptions,
	details,
	inspection,
	officeCase,
	person,
	requestOptions,
	soon,
	office as theOffice,
	waitingPage,
} from './people.ts'
import type { Window } from './window.ts'

/**
 * Every state of every page: how the server answers, and what a person does to get there. The list is what the looks,
 * the accessibility and the keyboard are checked on, and what screenshots are taken of.
 */
export interface State {
	name: string
	path: string
	answers: FakeServer['answers']
	events?: FakeServer['events']
	/** Done in Thai, after the page has loaded. */
	arrive?(window: Window, server: FakeServer): Promise<void>
	/** In the heading or anywhere: the state is reached when it is seen. */
	seen: string
	phone?: boolean
	/** A state of waiting for the server: the call is never answered. */
	passing?: boolean
}

const WAITING = '/sign-in/sin_AAAAAAAAAAAAAAAAAAAAAA'
const FRAME = '/q#sin_AAAAAAAAAAAAAAAAAAAAAA.abc123.MAC'
const CASE = '/office/cases/cas_AAAAAAAAAAAAAAAAAAAAAA/events'
const never = () => new Promise<never>(() => undefined)
const refuse =
	(code: string, detail = {}) =>
	() => {
		throw new Refusal(code, detail)
	}
const frameUrl = 'http://localhost/q#sin_AAAAAAAAAAAAAAAAAAAAAA.stkw2a.0123456789abcdefABCDEF'

export const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click()
export const typePin = async (page: Page, pin = '58203914', place = 0) =>
	page.locator('.pin input').nth(place).fill(pin)
const heading = (page: Page, text: string) => page.getByRole('heading', { name: text }).waitFor()

const waitingState = (name: string, seen: string, page: object, more: Partial<State> = {}): State => ({
	name: `waiting-${name}`,
	path: WAITING,
	seen,
	answers: {
		'signIn.page': () => waitingPage(page),
		'signIn.showQr': () => ({ expiresAt: soon(2) }),
		'signIn.cancel': () => ({ location: '/' }),
		'signIn.collect': () => never(),
		'signIn.inspect': () => inspection('this-device'),
		'me.unlockOptions': () => ({ options: requestOptions() }),
		...more.answers,
	},
	events: {
		[`${WAITING}/events`]: [
			['state', { state: 'pending', endReason: null, number: null, expiresAt: soon(2) }],
			['frame', { url: frameUrl, validMs: 15_000 }],
		],
		...more.events,
	},
	...(more.arrive ? { arrive: more.arrive } : {}),
	...(more.phone ? { phone: true } : {}),
	...(more.passing ? { passing: true } : {}),
})

const waiting: State[] = [
	waitingState('loading', common.wait, {}, { answers: { 'signIn.page': never }, passing: true }),
	waitingState('qr', signIn.scanHead, {}),
	waitingState('qr-over', signIn.qrOver, {}, { answers: { 'signIn.showQr': () => ({ expiresAt: Date.now() - 1 }) } }),
	waitingState(
		'number',
		signIn.numberHead,
		{ state: 'scanned', number: 42, expiresAt: soon(5) },
		{ events: { [`${WAITING}/events`]: [] } },
	),
	waitingState('here', signIn.consentHead, { knownDevice: true }, { phone: true }),
	waitingState(
		'here-details',
		'อนุมัติให้ลงลายมือชื่อในเอกสาร',
		{ knownDevice: true, qrAllowed: false },
		{ answers: { 'signIn.inspect': () => inspection('this-device', { details }) }, phone: true },
	),
	waitingState(
		'checking',
		signIn.checking,
		{ knownDevice: true },
		{ answers: { 'signIn.inspect': never }, passing: true },
	),
	waitingState('unlock', signIn.unlockUnknownHead, {}, { phone: true }),
	waitingState('key-here', signIn.unlockHead, {}, { arrive: ({ page }) => press(page, signIn.useKeyHere) }),
	waitingState('no-qr', signIn.unlockUnknownHead, { qrAllowed: false }),
	waitingState('moving', signIn.movingHead, { state: 'approved' }, { passing: true }),
	waitingState('declined', signIn.declinedHead, { state: 'declined' }),
	waitingState('expired', 'หมดเวลาแล้ว', { state: 'ended', endReason: 'sign_in_expired' }),
	waitingState('scanned-elsewhere', 'มีเครื่องอื่นสแกน', { state: 'ended', endReason: 'qr_scanned_elsewhere' }),
	waitingState('other-citizen', 'หน่วยงานรอผู้อื่นอยู่', { state: 'ended', endReason: 'sign_in_other_citizen' }),
	waitingState('way-not-enough', 'กุญแจนี้ยังไม่พอ', { state: 'ended', endReason: 'sign_in_way_not_enough' }),
	waitingState('unknown', 'ไม่พบการเข้าสู่ระบบนี้', {}, { answers: { 'signIn.page': refuse('sign_in_unknown') } }),
	waitingState(
		'other-browser',
		'เปิดจากเบราว์เซอร์อื่น',
		{},
		{ answers: { 'signIn.page': refuse('sign_in_other_browser') } },
	),
]

const phoneState = (
	name: string,
	seen: string,
	answers: State['answers'],
	arrive?: State['arrive'],
	path = FRAME,
): State => ({
	name: `phone-${name}`,
	path,
	seen,
	phone: true,
	answers: {
		'signIn.inspect': () => inspection('qr'),
		'signIn.decide': () => ({ outcome: 'approved' }),
		'me.unlockOptions': () => ({ options: requestOptions() }),
		...answers,
	},
	...(arrive ? { arrive } : {}),
})

const confirmWith = async ({ page }: Window) => {
	await plantPasskey(page)
	await page.locator('.choices label').nth(1).click()
	await typePin(page)
	await press(page, signIn.confirm)
}

const phone: State[] = [
	phoneState('no-frame', signIn.noFrameHead, {}, undefined, '/q'),
	{ ...phoneState('checking', signIn.checking, { 'signIn.inspect': never }), passing: true },
	phoneState('consent', signIn.consentHead, {}),
	phoneState('consent-warned', signIn.consentHead, {
		'signIn.inspect': () =>
			inspection('qr', {
				warnings: [{ code: 'card_expires_soon', days: 5 }, { code: 'card_address_changed' }],
				items: [{ scope: 'openid', value: null }],
				askedFrom: { ...inspection('qr').askedFrom, place: null, kind: 'phone', browser: 'Safari', os: 'iOS' },
			}),
	}),
	phoneState('consent-incomplete', common.pinShort, {}, ({ page }) => press(page, signIn.confirm)),
	phoneState(
		'pin-wrong',
		common.pinWrong(8),
		{ 'signIn.decide': () => ({ outcome: 'pin_wrong', triesLeft: 8, nextTryAt: null, options: requestOptions() }) },
		confirmWith,
	),
	phoneState(
		'pin-wait',
		'เพื่อความปลอดภัย',
		{ 'signIn.decide': () => ({ outcome: 'pin_wrong', triesLeft: 5, nextTryAt: soon(1), options: requestOptions() }) },
		confirmWith,
	),
	phoneState('key-cancelled', 'ยังไม่ได้ยืนยันบนเครื่อง', {}, async (window) => {
		await plantPasskey(window.page)
		await window.verifies(false)
		await window.page.locator('.choices label').nth(1).click()
		await typePin(window.page)
		await press(window.page, signIn.confirm)
	}),
	phoneState('pin-disabled', 'รหัสผ่านถูกระงับ', { 'signIn.decide': refuse('pin_disabled') }, confirmWith),
	phoneState('number-mismatch', 'เลขไม่ตรงกัน', { 'signIn.decide': refuse('number_mismatch') }, confirmWith),
	phoneState('approved', signIn.approvedHead, {}, confirmWith),
	phoneState('declined', signIn.declinedHead, { 'signIn.decide': () => ({ outcome: 'declined' }) }, ({ page }) =>
		press(page, signIn.decline),
	),
	phoneState('device-unknown', signIn.unlockUnknownHead, { 'signIn.inspect': refuse('device_unknown') }),
	phoneState(
		'known-again',
		signIn.readyHead,
		{ 'signIn.inspect': refuse('device_unknown'), 'me.unlock': () => ({ outcome: 'unlocked' }) },
		async ({ page }, server) => {
			await plantPasskey(page)
			await typePin(page)
			server.answers['signIn.inspect'] = refuse('qr_stale')
			await press(page, signIn.unlockAct)
		},
	),
	phoneState('stale', 'QR นี้เก่าแล้ว', { 'signIn.inspect': refuse('qr_stale') }),
	phoneState('suspended', suspended.card_name_changed.text, {
		'signIn.inspect': refuse('account_suspended', { reason: 'card_name_changed' }),
	}),
	phoneState('suspended-dead', suspended.person_not_alive.next, {
		'signIn.inspect': refuse('account_suspended', { reason: 'person_not_alive' }),
	}),
	phoneState('registry-down', 'ติดต่อฐานข้อมูลทะเบียนไม่ได้', { 'signIn.inspect': refuse('registry_unavailable') }),
]

const opened = (changes = {}) => ({
	maskedName: 'นางสาว สม*** แส***',
	office: theOffice,
	expiresAt: soon(9),
	replacesDevice: false,
	...changes,
})
const enrolState = (
	name: string,
	seen: string,
	answers: State['answers'] = {},
	arrive?: State['arrive'],
	path = '/enrol#token',
): State => ({
	name: `enrol-${name}`,
	path,
	seen,
	phone: true,
	answers: {
		'enrol.open': () => opened(),
		'enrol.options': () => ({ options: creationOptions() }),
		'enrol.finish': () => ({ name: person.name, replacedDevice: false, tier: 'device-bound' }),
		...answers,
	},
	...(arrive ? { arrive } : {}),
})

const choosePin = async ({ page }: Window, pin = '58203914', again = pin) => {
	await press(page, enrol.isMe)
	await typePin(page, pin, 0)
	await typePin(page, again, 1)
	await press(page, enrol.next)
}
const makeKey = async (window: Window) => {
	await choosePin(window)
	await press(window.page, enrol.keyMake)
}

const enrolment: State[] = [
	enrolState('no-token', enrol.noTokenHead, {}, undefined, '/enrol'),
	enrolState('intro', enrol.introHead),
	enrolState('intro-replaces', enrol.replaces, { 'enrol.open': () => opened({ replacesDevice: true }) }),
	enrolState('not-me', enrol.notMeHead, {}, ({ page }) => press(page, enrol.notMe)),
	enrolState('pin', enrol.pinHead, {}, ({ page }) => press(page, enrol.isMe)),
	enrolState('pin-weak', 'เรียงกัน', {}, (window) => choosePin(window, '12345678')),
	enrolState('pin-differs', enrol.pinDiffers, {}, (window) => choosePin(window, '58203914', '58203915')),
	enrolState('pin-birthdate', 'เป็นวันที่', { 'enrol.options': refuse('pin_weak_birthdate') }, (window) =>
		choosePin(window),
	),
	enrolState('key', enrol.keyHead, {}, (window) => choosePin(window)),
	enrolState('key-cancelled', 'ยังไม่ได้ยืนยันบนเครื่อง', {}, async (window) => {
		await window.verifies(false)
		await makeKey(window)
	}),
	enrolState('done', enrol.doneHead, {}, makeKey),
	enrolState(
		'done-browser-bound',
		enrol.doneReplaced,
		{ 'enrol.finish': () => ({ name: person.name, replacedDevice: true, tier: 'browser-bound' }) },
		makeKey,
	),
	enrolState('expired', 'ลิงก์หมดอายุแล้ว', { 'enrol.open': refuse('enrolment_link_expired') }),
	enrolState('used', 'ลิงก์นี้ถูกใช้ไปแล้ว', { 'enrol.open': refuse('enrolment_link_used') }),
	enrolState('elsewhere', 'ลิงก์นี้ถูกเปิดบนเครื่องอื่น', { 'enrol.open': refuse('enrolment_link_opened_elsewhere') }),
]

const officer = { name: 'วรรณา ตั้งใจ', role: 'officer', office: theOffice }
const officeState = (name: string, seen: string, answers: State['answers'] = {}, more: Partial<State> = {}): State => ({
	name: `office-${name}`,
	path: '/office',
	seen,
	answers: {
		'office.me': () => officer,
		'office.signInOptions': () => ({ options: requestOptions() }),
		'office.lookUp': () => officeCase('looked_up'),
		'office.case': () => officeCase('looked_up'),
		'office.issueLink': () => ({
			link: 'http://localhost/enrol#7Yx3kq2mWcVbN1zRt5uJp8sLd0fGhQaE4iOyTnBvMxA',
			expiresAt: soon(10),
		}),
		'office.cancel': () => ({ ok: true }),
		...answers,
	},
	events: { [CASE]: [] },
	...more,
})
const lookUp = async ({ page }: Window) => {
	await page.getByLabel(office.pidLabel).fill('1-9800-00000-02-7')
	await press(page, office.lookUp)
}
const lostAnswers: State['answers'] = {
	'office.lookUpLost': () => ({
		caseId: 'los_AAAAAAAAAAAAAAAAAAAAAA',
		name: person.name,
		birthdate: person.birthdate,
		place: 'ลำลูกกา ปทุมธานี',
		status: 'active',
		statusReason: null,
	}),
	'office.suspendLost': () => ({ outcome: 'suspended' }),
}
const lookUpLost = async ({ page }: Window) => {
	await press(page, office.lostLink)
	await page.getByLabel(office.pidLabel).fill('1-9800-00000-02-7')
	await press(page, office.lookUp)
}
const followed = (state: string, changes = {}): Partial<State> => ({
	arrive: lookUp,
	events: { [CASE]: [['state', officeCase(state, changes)]] },
})

const desk: State[] = [
	officeState('sign-in', office.signInHead, { 'office.me': () => null }),
	officeState(
		'sign-in-refused',
		'ไม่พบบัญชีเจ้าหน้าที่',
		{ 'office.me': () => null, 'office.signIn': refuse('officer_unknown') },
		{
			arrive: async ({ page }) => {
				await plantPasskey(page)
				await press(page, office.signInAct)
			},
		},
	),
	officeState('desk', office.deskHead),
	officeState(
		'pid-typing',
		office.pidLeft(8),
		{},
		{ arrive: ({ page }) => page.getByLabel(office.pidLabel).fill('1-9800') },
	),
	officeState(
		'pid-good',
		office.pidGood,
		{},
		{ arrive: ({ page }) => page.getByLabel(office.pidLabel).fill('1-9800-00000-02-7') },
	),
	officeState(
		'pid-wrong',
		'มีหลักใดหลักหนึ่งผิด',
		{},
		{ arrive: ({ page }) => page.getByLabel(office.pidLabel).fill('1-9800-00000-02-6') },
	),
	officeState(
		'card-incomplete',
		office.cardIncomplete,
		{},
		{
			arrive: async (window) => {
				await window.page.getByLabel(office.cardLabel).fill('9800-02')
				await lookUp(window)
			},
		},
	),
	officeState(
		'refused-not-latest',
		'ไม่ใช่บัตรใบล่าสุด',
		{ 'office.lookUp': refuse('card_not_latest') },
		{
			arrive: async (window) => {
				await window.page.getByLabel(office.cardLabel).fill('9800-01-05121234')
				await lookUp(window)
			},
		},
	),
	officeState('refused-not-thai', 'ไม่มีสัญชาติไทย', { 'office.lookUp': refuse('person_not_thai') }, { arrive: lookUp }),
	officeState('refused-card-lost', 'บัตรถูกแจ้งหาย', { 'office.lookUp': refuse('card_lost') }, { arrive: lookUp }),
	officeState('case', office.faceHead, {}, { arrive: lookUp }),
	officeState(
		'case-warned',
		office.hasDigitalId,
		{
			'office.lookUp': () =>
				officeCase('looked_up', {
					subject: {
						hasDigitalId: true,
						portrait: null,
						address: null,
						lifelong: true,
						cardExpiresOn: null,
						birthdate: { year: 1948, month: null, day: null },
						warnings: ['card_address_changed'],
					},
				}),
		},
		{ arrive: lookUp },
	),
	officeState(
		'face-missing',
		office.faceMissing,
		{},
		{
			arrive: async (window) => {
				await lookUp(window)
				await press(window.page, office.issue)
			},
		},
	),
	officeState(
		'link',
		office.linkHead,
		{},
		{
			arrive: async (window, server) => {
				server.answers['office.case'] = () => officeCase('link_issued')
				server.events[CASE] = []
				await lookUp(window)
				await window.page.getByLabel(office.faceConfirm).check()
				await press(window.page, office.issue)
			},
		},
	),
	officeState('link-reloaded', office.linkHidden, {}, followed('link_issued')),
	officeState('opened', office.progress.opened, {}, followed('opened')),
	officeState('done', office.doneHead, {}, followed('done')),
	officeState(
		'cancel-question',
		office.cancelHead,
		{},
		{
			arrive: async (window) => {
				await lookUp(window)
				await press(window.page, office.cancel)
			},
		},
	),
	officeState(
		'case-device-lost',
		office.thaw,
		{ 'office.lookUp': () => officeCase('looked_up', { subject: { hasDigitalId: true, deviceLost: true } }) },
		{ arrive: lookUp },
	),
	officeState('thawed', office.thawedHead, {}, followed('thawed')),
	officeState('lost', office.lostHead, {}, { arrive: ({ page }) => press(page, office.lostLink) }),
	officeState('lost-found', office.lostAsk, lostAnswers, { arrive: lookUpLost }),
	officeState('lost-not-asked', office.lostAskedMissing, lostAnswers, {
		arrive: async (window) => {
			await lookUpLost(window)
			await press(window.page, office.lostSuspend)
		},
	}),
	officeState('lost-none', 'ไม่มีดิจิทัลไอดี', { 'office.lookUpLost': refuse('digital_id_none') }, { arrive: lookUpLost }),
	officeState('lost-done', office.lostDoneHead, lostAnswers, {
		arrive: async (window) => {
			await lookUpLost(window)
			await window.page.getByLabel(office.lostAsked).check()
			await press(window.page, office.lostSuspend)
		},
	}),
	officeState('cancelled', office.cancelledHead, {}, followed('cancelled')),
	officeState('ended', office.endedHead, {}, followed('ended', { endReason: 'enrolment_link_expired' })),
	officeState(
		'join',
		office.joinHead,
		{
			'office.invitation': () => ({ office: theOffice, role: 'officer' }),
			'office.joinOptions': () => ({ options: creationOptions() }),
		},
		{ path: '/office/join#token' },
	),
	officeState(
		'join-nameless',
		office.joinNameMissing,
		{
			'office.invitation': () => ({ office: theOffice, role: 'registrar' }),
			'office.joinOptions': () => ({ options: creationOptions() }),
		},
		{ path: '/office/join#token', arrive: ({ page }) => press(page, office.joinAct) },
	),
	officeState(
		'join-number-wrong',
		office.joinPid,
		{
			'office.invitation': () => ({ office: theOffice, role: 'officer' }),
			'office.joinOptions': () => ({ options: creationOptions() }),
		},
		{
			path: '/office/join#token',
			arrive: async ({ page }) => {
				await page.getByLabel(office.joinName).fill('สมศรี ตัวอย่าง')
				await page.getByLabel(office.joinPid).fill('1988888888013')
				await press(page, office.joinAct)
				await page.locator('.problem').waitFor()
			},
		},
	),
	officeState(
		'join-unknown',
		'คำเชิญนี้ใช้ไม่ได้',
		{ 'office.invitation': refuse('invitation_unknown') },
		{ path: '/office/join#token' },
	),
]

const appState = (
	name: string,
	path: string,
	seen: string,
	answers: State['answers'] = {},
	arrive?: State['arrive'],
): State => ({
	name,
	path,
	seen,
	phone: true,
	answers: {
		'me.device': () => ({ known: true, unlocked: true }),
		'me.unlockOptions': () => ({ options: requestOptions() }),
		'me.card': () => card(),
		'me.lock': () => ({ ok: true }),
		'me.showCard': () => shownCard(),
		'me.shownCard': () => ({ state: 'open', checkedAt: null }),
		'notices.list': () => notices(),
		'notices.markRead': () => ({ ok: true }),
		...answers,
	},
	...(arrive ? { arrive } : {}),
})
const shownCard = () => ({
	id: 'chk_AAAAAAAAAAAAAAAAAAAAAA',
	link: `https://id.example.go.th/check#${'k'.repeat(43)}`,
	expiresAt: Date.now() + 58_000,
})
const showIt = ({ page }: Window) => press(page, citizen.show)
const locked = { 'me.device': () => ({ known: true, unlocked: false }) }
const clientNames = { clientTh: agency.name.th, clientEn: agency.name.en }
const notices = () => [
	{
		id: 'ntc_1',
		kind: 'signed_in_by_qr',
		params: { ...clientNames, place: 'กรุงเทพมหานคร', browser: 'Firefox · Windows' },
		at: Date.now() - 60_000,
		readAt: null,
	},
	{ id: 'ntc_6', kind: 'card_checked', params: {}, at: Date.now() - 120_000, readAt: 1 },
	{ id: 'ntc_2', kind: 'signed_in', params: clientNames, at: Date.now() - 86_400_000, readAt: 1 },
	{ id: 'ntc_3', kind: 'device_replaced', params: {}, at: Date.now() - 2 * 86_400_000, readAt: 1 },
	{ id: 'ntc_4', kind: 'pin_disabled', params: {}, at: Date.now() - 3 * 86_400_000, readAt: 1 },
	{
		id: 'ntc_5',
		kind: 'enrolled',
		params: { officeTh: theOffice.th, officeEn: theOffice.en },
		at: Date.now() - 4 * 86_400_000,
		readAt: 1,
	},
]

const app: State[] = [
	appState('card', '/card', citizen.detailsHead),
	appState('card-shown', '/card', person.pid, {}, ({ page }) => press(page, common.pidShow)),
	appState('card-grace', '/card', 'บัตรประจำตัวประชาชนของท่านหมดอายุแล้ว', {
		'me.card': () =>
			card({
				status: 'grace',
				warnings: [{ code: 'card_expired_grace', days: 31 }],
				portrait: null,
				tier: 'browser-bound',
			}),
	}),
	appState('card-suspended', '/card', suspended.card_name_changed.next, {
		'me.card': () => card({ status: 'suspended', statusReason: 'card_name_changed' }),
	}),
	appState('card-show', '/card', citizen.showWaiting, {}, showIt),
	appState(
		'card-show-checked',
		'/card',
		citizen.shownHead,
		{ 'me.shownCard': () => ({ state: 'checked', checkedAt: Date.now() }) },
		showIt,
	),
	appState(
		'card-show-over',
		'/card',
		citizen.showOverHead,
		{ 'me.shownCard': () => ({ state: 'over', checkedAt: null }) },
		showIt,
	),
	appState('card-show-unlock', '/card', citizen.showUnlockHead, { 'me.showCard': refuse('unlock_stale') }, showIt),
	appState('card-offline', '/card', citizen.offline, {}, async ({ page }, server) => {
		await heading(page, citizen.detailsHead)
		server.answers['me.device'] = refuse('network')
		await page.reload()
	}),
	appState('card-offline-none', '/card', citizen.offlineNoneText, { 'me.device': refuse('network') }),
	appState('card-locked', '/card', citizen.lockedHead, locked),
	appState(
		'card-pin-wrong',
		'/card',
		common.pinWrong(9),
		{
			...locked,
			'me.unlock': () => ({ outcome: 'pin_wrong', triesLeft: 9, nextTryAt: null, options: requestOptions() }),
		},
		async ({ page }) => {
			await plantPasskey(page)
			await typePin(page)
			await press(page, citizen.unlock)
		},
	),
	appState('card-not-enrolled', '/card', citizen.notEnrolledHead, {
		'me.device': () => ({ known: false, unlocked: false }),
	}),
	appState('inbox', '/inbox', citizen.inboxLead),
	appState(
		'inbox-signed-out-there',
		'/inbox',
		citizen.inboxLead,
		{ 'me.endDesks': () => ({ ended: 1 }) },
		async ({ page }) => {
			await press(page, citizen.desksEnd)
			await page.getByText(citizen.desksEnded).waitFor()
		},
	),
	appState('inbox-empty', '/inbox', citizen.inboxEmpty, { 'notices.list': () => [] }),
	appState('inbox-locked', '/inbox', citizen.inboxLockedHead, locked),
	appState('scan', '/scan', citizen.scanPrivacy),
	appState('scan-no-camera', '/scan', citizen.cameraNoHead, {}, async ({ page }) => {
		await press(page, citizen.scanStart)
		await heading(page, citizen.cameraNoHead)
	}),
]

const managing: FakeServer['answers'] = {
	'me.changePinOptions': () => ({ options: requestOptions() }),
	'me.changePin': () => ({ outcome: 'changed' }),
	'me.freeze': () => ({ outcome: 'frozen' }),
	'me.endOptions': () => ({ options: requestOptions() }),
	'me.end': () => ({ outcome: 'ended' }),
	'lost.report': () => ({ outcome: 'received' }),
}
const lifeState = (name: string, seen: string, arrive?: State['arrive'], answers: State['answers'] = {}): State =>
	appState(name, '/manage', seen, { ...managing, ...answers }, arrive)
const newPin = async ({ page }: Window, pin = '58203914', again = pin) => {
	await press(page, life.pinAct)
	await typePin(page, pin, 0)
	await typePin(page, again, 1)
	await press(page, life.next)
}
const confirmIt = async (page: Page, act: string) => {
	await plantPasskey(page)
	await heading(page, act === life.pinChange ? life.oldHead : life.endHead)
	await typePin(page)
	await press(page, act)
}
const reportLoss = async ({ page }: Window, year = '2533') => {
	await page.getByLabel(life.lostPid).fill('1-9800-00000-02-7')
	await page.getByLabel(life.lostDay, { exact: true }).fill('12')
	await page.getByLabel(life.lostMonth, { exact: true }).fill('5')
	await page.getByLabel(life.lostYear).fill(year)
	await page.getByLabel(life.lostProof).fill('ZZ1-2345678-90')
	await press(page, life.lostSend)
}
const lost = (name: string, seen: string, arrive?: State['arrive'], answers: State['answers'] = {}): State => ({
	...appState(name, '/lost', seen, { ...managing, ...answers }, arrive),
})

const manage: State[] = [
	lifeState('manage', life.endText),
	lifeState('manage-locked', life.unlockHead, undefined, locked),
	lifeState('pin-new', life.pinHead, ({ page }) => press(page, life.pinAct)),
	lifeState('pin-new-weak', 'เรียงกัน', (window) => newPin(window, '12345678')),
	lifeState('pin-new-differs', life.pinDiffers, (window) => newPin(window, '58203914', '58203915')),
	lifeState('pin-new-birthdate', 'เป็นวันที่', (window) => newPin(window), {
		'me.changePinOptions': refuse('pin_weak_birthdate'),
	}),
	lifeState('pin-old', life.oldHead, (window) => newPin(window)),
	lifeState(
		'pin-old-wrong',
		common.pinWrong(8),
		async (window) => {
			await newPin(window)
			await confirmIt(window.page, life.pinChange)
		},
		{ 'me.changePin': () => ({ outcome: 'pin_wrong', triesLeft: 8, nextTryAt: null, options: requestOptions() }) },
	),
	lifeState(
		'pin-same',
		'เหมือนรหัสผ่านเดิม',
		async (window) => {
			await newPin(window)
			await confirmIt(window.page, life.pinChange)
		},
		{ 'me.changePin': refuse('pin_same') },
	),
	lifeState('pin-changed', life.pinDoneHead, async (window) => {
		await newPin(window)
		await confirmIt(window.page, life.pinChange)
	}),
	lifeState('lock-question', life.lockLead, ({ page }) => press(page, life.lockAct)),
	lifeState('lock-done', life.lockDoneHead, async ({ page }) => {
		await press(page, life.lockAct)
		await press(page, life.lockYes)
	}),
	lifeState('end-question', life.endLead, ({ page }) => press(page, life.endAct)),
	lifeState('end-done', life.endDoneHead, async ({ page }) => {
		await press(page, life.endAct)
		await confirmIt(page, life.endConfirm)
	}),
	lost('lost', life.lostHead),
	lost('lost-incomplete', life.lostMissing, ({ page }) => press(page, life.lostSend)),
	lost('lost-date-wrong', life.lostDateWrong, (window) => reportLoss(window, '1990')),
	lost('lost-too-often', 'ทำรายการถี่เกินไป', (window) => reportLoss(window), {
		'lost.report': refuse('too_many_attempts', { until: soon(60) }),
	}),
	lost('lost-done', life.lostDoneHead, (window) => reportLoss(window)),
]

const checkState = (
	name: string,
	seen: string,
	answer: (input: never) => unknown,
	more: Partial<State> = {},
): State => ({
	name: `check-${name}`,
	path: `/check#${'k'.repeat(43)}`,
	seen,
	answers: { 'check.card': answer },
	phone: true,
	...more,
})
const checked = (changes: object = {}) => ({
	name: person.name,
	portrait: person.portrait,
	validity: 'valid',
	checkedAt: Date.now(),
	...changes,
})
const check: State[] = [
	checkState('no-token', checks.noTokenHead, () => checked(), { path: '/check' }),
	checkState('checking', checks.checking, never, { passing: true }),
	checkState('valid', checks.validity.valid, () => checked()),
	checkState('expired', checks.validity.expired, () => checked({ validity: 'expired' })),
	checkState('suspended', checks.noPortraitHead, () => checked({ validity: 'suspended', portrait: null })),
	checkState('used', 'ถูกตรวจไปแล้ว', refuse('check_used')),
	checkState('over', 'QR นี้หมดเวลาแล้ว', refuse('check_expired')),
	checkState('unknown', 'ไม่รู้จัก QR นี้', refuse('check_unknown')),
]

const home: State[] = [{ name: 'home', path: '/', seen: 'ยืนยันตัวตนกับหน่วยงาน', answers: {} }]

/** @throws where there is no such state */
export function stateNamed(name: string): State {
	const state = STATES.find((candidate) => candidate.name === name)
	if (!state) throw new Error(`no state ${name}`)
	return state
}

export const STATES: readonly State[] = [
	...home,
	...waiting,
	...phone,
	...enrolment,
	...desk,
	...app,
	...manage,
	...check,
]

/** Opens a state and waits until it is there. */
export async function enter(window: Window, server: FakeServer, state: State): Promise<void> {
	server.answers = { ...state.answers }
	server.events = { ...state.events }
	server.polls = {}
	server.calls.length = 0
	const url = new URL(state.path, server.url)
	await window.page.goto('about:blank')
	await window.page.goto(url.href)
	await window.page.locator('main h1, main .busy').first().waitFor()
	await state.arrive?.(window, server)
	await window.page.getByText(state.seen).first().waitFor({ state: 'attached' })
	await window.page.evaluate(() => document.fonts.ready)
}
