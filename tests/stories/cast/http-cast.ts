import { type Db, schema } from '../../../db/client.ts'
import { demoSecretOf } from '../../../db/seed/clients.ts'
import { createAgency } from '../../../examples/agency/agency.ts'
import type { PublicKeyCredentialRequestOptionsJSON } from '../../../src/authn/index.ts'
import { systemClock } from '../../../src/lib/clock.ts'
import { systemRandom } from '../../../src/lib/random.ts'
import { maskPid } from '../../../src/lib/thai/pid.ts'
import type { RegistrySimulator } from '../../../src/ports/civil-registry/index.ts'
import { newInvitation } from '../../../src/proofing/index.ts'
import { type Browser, createBrowser, RpcError } from '../../kit/http-client.ts'
import { beginSignIn, fragmentOf, joinOffice, poll } from '../../kit/journeys.ts'
import { createPhone } from '../../kit/phone.ts'
import { readAgencyPage } from './agency-page.ts'
import { cardActsOverHttp } from './card-acts.ts'
import type { AgencyPage, Answer, Cast, Desktop, Officer, Phone } from './cast.ts'

/** What the product is to this cast: something that answers requests, wherever it runs. */
export interface Played {
	issuer: string
	db: Db
	registry: RegistrySimulator
	fetch(request: Request): Response | Promise<Response>
	close(): void | Promise<void>
}

const AGENCY = 'http://localhost:8788'
/** อำเภอลำลูกกา, ปทุมธานี */
const OFFICE = '1306'

interface Seen {
	id: string
	client: { name: { th: string }; domain: string }
	items: { scope: string; value: string | null }[]
	numbers: number[] | null
	options: PublicKeyCredentialRequestOptionsJSON
}

/** Plays a story over HTTP, with a phone in software and the sample agency beside it. */
export function httpCast(played: Played): Cast {
	const { issuer, db } = played
	const agency = createAgency({
		issuer,
		clientId: 'sample-agency',
		clientSecret: demoSecretOf('sample-agency'),
		baseUrl: AGENCY,
		fetch: (url, options) => Promise.resolve(played.fetch(new Request(url, options as RequestInit))),
	})
	const route = (request: Request) =>
		new URL(request.url).origin === AGENCY ? agency.fetch(request) : played.fetch(request)
	const browser = () => createBrowser(route, { origin: issuer })
	const device = () => createPhone({ rpId: new URL(issuer).hostname, origin: issuer })
	return {
		registry: played.registry,
		db,
		officer: () => openOffice(played, browser(), device()),
		phone: async () => openPhone(browser(), device()),
		desktop: async () => openDesktop(browser()),
		close: async () => played.close(),
	}
}

/** A refusal as its code; anything else is a failure of the story. */
async function codeOf(act: Promise<unknown>): Promise<string | null> {
	try {
		await act
		return null
	} catch (error) {
		if (error instanceof RpcError && error.code !== 'internal') return error.code
		throw error
	}
}

async function openOffice(
	{ issuer, db }: Played,
	browser: Browser,
	key: ReturnType<typeof createPhone>,
): Promise<Officer> {
	const wanted = { officeCode: OFFICE, role: 'officer', issuer, now: systemClock.now() } as const
	const { link, row } = newInvitation(systemRandom, wanted)
	await db.insert(schema.officerInvitations).values(row)
	await joinOffice(browser, key, fragmentOf(link), 'สมศรี ตัวอย่าง')
	let caseId = ''
	return {
		async looksUp(pid) {
			let name = ''
			const refused = await codeOf(
				browser
					.mutate<{ caseId: string; subject: { name: { th: string } } }>('office.lookUp', { pid })
					.then((found) => {
						caseId = found.caseId
						name = found.subject.name.th
					}),
			)
			return refused === null ? { name } : { refused }
		},
		async confirmsTheFace() {
			const { link } = await browser.mutate<{ link: string }>('office.issueLink', { caseId, faceConfirmed: true })
			return link
		},
		async sees(state) {
			return (await browser.query<{ state: string }>('office.case', { caseId })).state === state
		},
		async cancels() {
			await browser.mutate('office.cancel', { caseId })
		},
	}
}

async function openPhone(browser: Browser, device: ReturnType<typeof createPhone>): Promise<Phone> {
	let token = ''
	let pinChosen = ''
	let creation: Parameters<typeof device.create>[0] | null = null
	let seen: Seen | null = null

	async function decide(number: number | null, pin: string): Promise<Answer> {
		if (!seen) throw new Error('nothing was scanned')
		const response = await device.get(seen.options)
		const browserKey = await device.browserKeyProof(response)
		let answer: Answer = 'approved'
		const refused = await codeOf(
			browser
				.mutate<{ outcome: string; triesLeft: number; options: Seen['options'] }>('signIn.decide', {
					id: seen.id,
					decision: 'confirm',
					number,
					pin,
					response,
					browserKey,
				})
				.then((decided) => {
					if (decided.outcome !== 'pin_wrong' || !seen) return
					seen = { ...seen, options: decided.options }
					answer = { wrongPin: decided.triesLeft }
				}),
		)
		return refused === null ? answer : { refused }
	}

	return {
		...cardActsOverHttp(browser, device, codeOf),
		async opens(link) {
			token = fragmentOf(link)
			await browser.get('/enrol')
			let maskedName = ''
			const refused = await codeOf(
				browser.mutate<{ maskedName: string }>('enrol.open', { token }).then((opened) => {
					maskedName = opened.maskedName
				}),
			)
			return refused === null ? { maskedName } : { refused }
		},
		async choosesPin(pin) {
			pinChosen = pin
			return codeOf(
				browser
					.mutate<{ options: Parameters<typeof device.create>[0] }>('enrol.options', { token, pin, onPhone: true })
					.then(({ options }) => {
						creation = options
					}),
			)
		},
		async makesThePasskey() {
			if (!creation) throw new Error('no PIN was chosen')
			const response = await device.create(creation)
			const { name } = await browser.mutate<{ name: { th: string } }>('enrol.finish', {
				token,
				pin: pinChosen,
				response,
				browserKey: await device.browserKeyProof(response),
			})
			return { name: name.th }
		},
		async scans(frame) {
			await browser.get('/q')
			const refused = await codeOf(
				browser.mutate<Seen>('signIn.inspect', { frame: fragmentOf(frame), from: 'camera' }).then((shown) => {
					seen = shown
				}),
			)
			if (refused !== null || !seen) return { refused: refused ?? '' }
			const { client, items, numbers } = seen as Seen
			return {
				agency: client.name.th,
				domain: client.domain,
				items: Object.fromEntries(items.map(({ scope, value }) => [scope, shownOf(scope, value)])),
				numbers: numbers ?? [],
			}
		},
		confirms: ({ number, pin }) => decide(number, pin),
		async declines() {
			if (seen) await browser.mutate('signIn.decide', { id: seen.id, decision: 'decline' })
		},
		async inbox(pin) {
			const { options } = await browser.mutate<{ options: Seen['options'] }>('me.unlockOptions', {})
			const response = await device.get(options)
			await browser.mutate('me.unlock', { pin, response, browserKey: await device.browserKeyProof(response) })
			return (await browser.query<{ kind: string }[]>('notices.list', {})).map(({ kind }) => kind)
		},
		async signsInHere(scopes, pin) {
			const id = await goToSignIn(browser, scopes)
			seen = await browser.mutate<Seen>('signIn.inspect', { id })
			const answer = await decide(null, pin)
			if (answer !== 'approved') throw new Error(`the sign-in was ${JSON.stringify(answer)}`)
			return arriveAtAgency(browser, id)
		},
	}
}

/** The screen hides most of a citizen number until its owner asks for it. */
const shownOf = (scope: string, value: string | null) => (scope === 'pid' && value ? maskPid(value) : (value ?? ''))

async function goToSignIn(browser: Browser, scopes: string[]): Promise<string> {
	await browser.get(`${AGENCY}/`)
	const asked = await browser.post(`${AGENCY}/sign-in`, new URLSearchParams(scopes.map((scope) => ['scope', scope])), {
		headers: { origin: AGENCY },
	})
	return beginSignIn(browser, asked.headers.get('location') ?? '')
}

async function arriveAtAgency(browser: Browser, id: string): Promise<AgencyPage> {
	const { location } = await browser.mutate<{ location: string }>('signIn.collect', { id })
	const page = await browser.get(location, { follow: true })
	return readAgencyPage(await page.text())
}

async function openDesktop(browser: Browser): Promise<Desktop> {
	let id = ''
	return {
		async goesToSignIn(scopes) {
			id = await goToSignIn(browser, scopes)
			await browser.mutate('signIn.showQr', { id })
		},
		async showsQr() {
			const { frame } = await poll(browser, id)
			if (!frame) throw new Error('no QR is shown')
			return frame.url
		},
		async showsNumber() {
			const { number } = await poll(browser, id)
			if (number === null) throw new Error('no number is shown')
			return number
		},
		arrives: () => arriveAtAgency(browser, id),
		async isOver() {
			const { state, endReason } = await browser.query<{ state: string; endReason: string | null }>('signIn.page', {
				id,
			})
			return state === 'ended' ? (endReason ?? '') : state
		},
	}
}
