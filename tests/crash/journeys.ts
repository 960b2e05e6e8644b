import { people } from '../../src/ports/civil-registry/index.ts'
import { authorizationUrl, exchange } from '../authn/kit/agency.ts'
import { type Browser, RpcError } from '../kit/http-client.ts'
import { beginSignIn, type Citizen, fragmentOf, type Inspection, poll } from '../kit/journeys.ts'
import { ISSUER } from './mortal.ts'
import { Died, type World } from './world.ts'

/** What citizens, officers and pages do, and what they do where no answer comes: the same again, with the same key. */
type Act<T> = (key: string) => Promise<T>

async function insist<T>(act: Act<T>, key = crypto.randomUUID()): Promise<T> {
	try {
		return await act(key)
	} catch (error) {
		if (!(error instanceof Died)) throw error
		return act(key)
	}
}

/** A whole sign-in by QR, from the agency's page to its tokens. @returns the claims that the agency got */
export async function signsInByQr(world: World): Promise<Record<string, unknown>> {
	const desk = world.browser()
	const { citizen } = world
	const id = await insist(() => beginSignIn(desk, authorizationUrl(ISSUER)))
	await insist((key) => desk.mutate('signIn.showQr', { id }, { key }))
	const look = () => insist((key) => scan(desk, id, citizen, key))
	const shown = await look()
	const { number } = await insist(() => poll(desk, id))
	await decide(citizen, shown, number, look)
	return collectAndExchange(world, desk, id, () => signsInByQr(world))
}

/** A whole sign-in in the phone's own browser. */
export async function signsInHere(world: World): Promise<Record<string, unknown>> {
	const { citizen } = world
	const { browser } = citizen
	// A session that a first try has opened would answer by itself.
	const url = authorizationUrl(ISSUER, { prompt: 'login' })
	const id = await insist(() => beginSignIn(browser, url))
	const look = () => insist((key) => browser.mutate<Inspection>('signIn.inspect', { id }, { key }))
	await decide(citizen, await look(), null, look)
	return collectAndExchange(world, browser, id, () => signsInHere(world))
}

async function scan(desk: Browser, id: string, { browser }: Citizen, key: string): Promise<Inspection> {
	const { frame } = await poll(desk, id)
	// Once it is scanned there is no frame to show, and the phone asks with the one that it has.
	if (frame) lastFrame.set(id, fragmentOf(frame.url))
	return browser.mutate('signIn.inspect', { frame: lastFrame.get(id), from: 'camera' }, { key })
}
const lastFrame = new Map<string, string>()

/** Confirms. Where the server died in the middle of it, the challenge is spent: the page looks anew and asks anew. */
async function decide(
	citizen: Citizen,
	shown: Inspection,
	number: number | null,
	look: () => Promise<Inspection>,
): Promise<void> {
	const { browser, phone, pin } = citizen
	const response = await phone.get(shown.options)
	const browserKey = await phone.browserKeyProof(response)
	const input = { id: shown.id, decision: 'confirm', number, pin, response, browserKey }
	try {
		await insist((key) => browser.mutate('signIn.decide', input, { key }))
	} catch (error) {
		if (!(error instanceof RpcError && error.code === 'passkey_challenge')) throw error
		await decide(citizen, await look(), number, look)
	}
}

/** A code is good once, whether or not its answer was heard (RFC 6749 §4.1.2): then the agency asks anew. */
async function collectAndExchange(
	world: World,
	waiting: Browser,
	id: string,
	anew: () => Promise<Record<string, unknown>>,
): Promise<Record<string, unknown>> {
	const { location } = await insist((key) => waiting.mutate<{ location: string }>('signIn.collect', { id }, { key }))
	const tokens = await insist(() => exchange(world.fetch, ISSUER, location))
	return tokens.error === 'invalid_grant' ? anew() : tokens.claims
}

/** From the officer's look-up to the citizen's finished phone. @returns the case */
export async function enrols(world: World, newcomer: Citizen): Promise<string> {
	const { officer } = world
	const { browser, phone, pin } = newcomer
	const { pid } = people.somying
	const { caseId } = await insist((key) => officer.mutate<{ caseId: string }>('office.lookUp', { pid }, { key }))
	const { link } = await insist((key) =>
		officer.mutate<{ link: string }>('office.issueLink', { caseId, faceConfirmed: true }, { key }),
	)
	const token = fragmentOf(link)
	await insist(() => browser.get('/enrol'))
	await insist((key) => browser.mutate('enrol.open', { token }, { key }))
	const { options } = await insist((key) =>
		browser.mutate<{ options: Parameters<typeof phone.create>[0] }>(
			'enrol.options',
			{ token, pin, onPhone: true },
			{ key },
		),
	)
	const response = await phone.create(options)
	const browserKey = await phone.browserKeyProof(response)
	await insist((key) => browser.mutate('enrol.finish', { token, pin, response, browserKey }, { key }))
	return caseId
}
