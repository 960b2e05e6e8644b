import type {
	PublicKeyCredentialCreationOptionsJSON,
	PublicKeyCredentialRequestOptionsJSON,
} from '../../src/authn/passkey/index.ts'
import type { Browser } from './http-client.ts'
import type { Phone } from './phone.ts'

/**
 * The journeys of the contract as a browser makes them, act by act over HTTP: an officer joins, a citizen enrols, signs
 * in by QR or on one device. A story that is about one of the acts makes that act itself and takes the others from here.
 */
export interface Citizen {
	/** The browser on the phone. */
	browser: Browser
	phone: Phone
	pin: string
}

/** What the phone shows before the citizen decides; the parts that journeys use. */
export interface Inspection {
	id: string
	path: 'qr' | 'this-device'
	items: { scope: string; value: string | null }[]
	numbers: number[] | null
	options: PublicKeyCredentialRequestOptionsJSON
}

export type Decision = { outcome: 'approved' | 'declined' } | { outcome: 'pin_wrong'; triesLeft: number }

/** What stands behind `#` in a link. */
export const fragmentOf = (link: string): string => new URL(link).hash.slice(1)

/** An officer's own citizen number, of nobody in the registry. */
export const OFFICER_PID = '1988888888012'

/** An officer takes an invitation and is signed in. @param key the officer's security key */
export async function joinOffice(browser: Browser, key: Phone, token: string, name: string): Promise<void> {
	await browser.get('/office/join')
	const { options } = await browser.mutate<{ options: PublicKeyCredentialCreationOptionsJSON }>('office.joinOptions', {
		token,
	})
	await browser.mutate('office.join', { token, name, pid: OFFICER_PID, response: await key.create(options) })
}

/** From the officer's look-up to the finished enrolment on the citizen's phone. */
export async function enrol(officer: Browser, citizen: Citizen, pid: string): Promise<void> {
	const { caseId } = await officer.mutate<{ caseId: string }>('office.lookUp', { pid })
	const { link } = await officer.mutate<{ link: string }>('office.issueLink', { caseId, faceConfirmed: true })
	await finishEnrolment(citizen, fragmentOf(link))
}

/** The citizen's part: opens the link, sets the PIN, makes the passkey. */
export async function finishEnrolment({ browser, phone, pin }: Citizen, token: string): Promise<void> {
	await browser.get('/enrol')
	await browser.mutate('enrol.open', { token })
	const { options } = await browser.mutate<{ options: PublicKeyCredentialCreationOptionsJSON }>('enrol.options', {
		token,
		pin,
		onPhone: true,
	})
	const response = await phone.create(options)
	await browser.mutate('enrol.finish', { token, pin, response, browserKey: await phone.browserKeyProof(response) })
}

/** Opens an authorization request that is not answered at once. @returns the sign-in's id */
export async function beginSignIn(browser: Browser, authorizationUrl: string): Promise<string> {
	const response = await browser.get(authorizationUrl)
	const location = response.headers.get('location') ?? ''
	const { pathname } = new URL(location, browser.origin)
	const [, id] = /^\/sign-in\/([^/]+)$/.exec(pathname) ?? []
	if (!id) throw new Error(`no sign-in began: HTTP ${response.status}, to ${location.split('?')[0]}`)
	await browser.get(pathname)
	return id
}

/** What the waiting browser's fallback answers. */
export async function poll(browser: Browser, id: string) {
	const response = await browser.get(`/sign-in/${id}/poll`)
	return (await response.json()) as { state: string; number: number | null; frame: { url: string } | null }
}

/** The phone confirms what it was shown. @param number the one that stands on the waiting screen; null on one device */
export async function confirm(citizen: Citizen, shown: Inspection, number: number | null): Promise<Decision> {
	const { browser, phone, pin } = citizen
	const response = await phone.get(shown.options)
	const browserKey = await phone.browserKeyProof(response)
	return browser.mutate('signIn.decide', { id: shown.id, decision: 'confirm', number, pin, response, browserKey })
}

/** The waiting screen shows its QR, the phone scans it. */
export async function scan(waiting: Browser, id: string, citizen: Citizen): Promise<Inspection> {
	await waiting.mutate('signIn.showQr', { id })
	const { frame } = await poll(waiting, id)
	if (!frame) throw new Error('no QR is shown')
	await citizen.browser.get('/q')
	return citizen.browser.mutate('signIn.inspect', { frame: fragmentOf(frame.url), from: 'camera' })
}

/** A whole sign-in by QR. @returns where the waiting browser goes: the relying party's redirect URI */
export async function signInByQr(waiting: Browser, citizen: Citizen, authorizationUrl: string): Promise<string> {
	const id = await beginSignIn(waiting, authorizationUrl)
	const shown = await scan(waiting, id, citizen)
	const { number } = await poll(waiting, id)
	await approved(confirm(citizen, shown, number))
	return collect(waiting, id)
}

/** A whole sign-in in the phone's own browser. @returns the relying party's redirect URI, with its answer */
export async function signInHere(citizen: Citizen, authorizationUrl: string): Promise<string> {
	const id = await beginSignIn(citizen.browser, authorizationUrl)
	const shown = await citizen.browser.mutate<Inspection>('signIn.inspect', { id })
	await approved(confirm(citizen, shown, null))
	return collect(citizen.browser, id)
}

export async function collect(waiting: Browser, id: string): Promise<string> {
	return (await waiting.mutate<{ location: string }>('signIn.collect', { id })).location
}

async function approved(decision: Promise<Decision>): Promise<void> {
	const { outcome } = await decision
	if (outcome !== 'approved') throw new Error(`the sign-in ended as ${outcome}`)
}
