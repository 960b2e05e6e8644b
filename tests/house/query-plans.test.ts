import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { createHash } from 'node:crypto'
import { schema } from '../../db/client.ts'
import { demoSecretOf } from '../../db/seed/clients.ts'
import type { PublicKeyCredentialRequestOptionsJSON } from '../../src/authn/index.ts'
import { systemClock } from '../../src/lib/clock.ts'
import { systemRandom } from '../../src/lib/random.ts'
import { people } from '../../src/ports/civil-registry/index.ts'
import { newInvitation } from '../../src/proofing/index.ts'
import { type Citizen, enrol, fragmentOf, joinOffice, signInByQr, signInHere } from '../kit/journeys.ts'
import { openWorld, type World } from '../kit/world.ts'
import { tableScans } from './rules/query-plans.ts'

const CLIENT = 'sample-agency'
const VERIFIER = 'v'.repeat(43)

/** Tables that are read whole on purpose. */
const SMALL = { signing_keys: 'a handful of rows, loaded together' }

function authorizationUrl(issuer: string): string {
	const url = new URL('/oauth/authorize', issuer)
	url.search = new URLSearchParams({
		response_type: 'code',
		client_id: CLIENT,
		redirect_uri: 'http://localhost:8788/callback',
		scope: 'openid pid name',
		state: 'state',
		nonce: 'nonce',
		code_challenge: createHash('sha256').update(VERIFIER).digest('base64url'),
		code_challenge_method: 'S256',
	}).toString()
	return url.href
}

/** The agency's part: the code for tokens, the token for claims. @returns the claims */
async function exchange(world: World, location: string): Promise<Record<string, unknown>> {
	const code = new URL(location).searchParams.get('code') ?? ''
	const form = {
		grant_type: 'authorization_code',
		code,
		redirect_uri: 'http://localhost:8788/callback',
		code_verifier: VERIFIER,
	}
	const authorization = `Basic ${btoa(`${CLIENT}:${demoSecretOf(CLIENT)}`)}`
	const tokens = await world.app.fetch(
		new Request(`${world.issuer}/oauth/token`, {
			method: 'POST',
			headers: { authorization, 'content-type': 'application/x-www-form-urlencoded' },
			body: new URLSearchParams(form).toString(),
		}),
	)
	const { access_token: token } = (await tokens.json()) as { access_token: string }
	const userinfo = await world.app.fetch(
		new Request(`${world.issuer}/oauth/userinfo`, { headers: { authorization: `Bearer ${token}` } }),
	)
	return (await userinfo.json()) as Record<string, unknown>
}

async function unlockCard({ browser, phone, pin }: Citizen): Promise<void> {
	const { options } = await browser.mutate<{ options: PublicKeyCredentialRequestOptionsJSON }>('me.unlockOptions', {})
	const response = await phone.get(options)
	await browser.mutate('me.unlock', { pin, response, browserKey: await phone.browserKeyProof(response) })
}

describe('no statement of the daily paths reads a table from end to end', () => {
	let world: World
	beforeAll(async () => {
		world = await openWorld()
	})
	afterAll(() => world.close())

	test('enrolment, sign-in by QR and by session, tokens, claims, card and inbox', async () => {
		const { db, issuer } = world
		const invited = { officeCode: '1306', role: 'officer', issuer, now: systemClock.now() } as const
		const { link, row } = newInvitation(systemRandom, invited)
		await db.insert(schema.officerInvitations).values(row)
		world.trips.length = 0

		const officer = world.browser()
		await joinOffice(officer, world.phone({ discoverable: true }), fragmentOf(link), 'เจ้าหน้าที่ ทดสอบ')
		const citizen: Citizen = { browser: world.browser(), phone: world.phone(), pin: '58203914' }
		await enrol(officer, citizen, people.somchai.pid)

		const desktop = world.browser()
		const claims = await exchange(world, await signInByQr(desktop, citizen, authorizationUrl(issuer)))
		expect(claims.pid).toBe(people.somchai.pid)
		await exchange(world, await signInHere(citizen, authorizationUrl(issuer)))
		await unlockCard(citizen)
		await citizen.browser.query('me.device')
		await citizen.browser.query('me.card', {})
		await citizen.browser.query('notices.list', {})
		const shown = await citizen.browser.mutate<{ id: string; link: string }>('me.showCard', {})
		await world.browser().mutate('check.card', { token: fragmentOf(shown.link) })
		await citizen.browser.query('me.shownCard', { id: shown.id })
		const silent = await citizen.browser.get(authorizationUrl(issuer))
		await exchange(world, silent.headers.get('location') ?? '')
		// The answer and the old device's end are written together.
		await enrol(officer, { browser: world.browser(), phone: world.phone(), pin: '70318264' }, people.somchai.pid)

		const statements = world.trips.flat()
		expect(statements.length).toBeGreaterThan(30)
		expect(await tableScans(world.client, statements, SMALL)).toEqual([])
	})

	test('the rule can fail', async () => {
		const scans = (statement: string) => tableScans(world.client, [statement], SMALL)
		expect(await scans(`SELECT * FROM accounts WHERE pid_index = ? AND status <> 'ended'`)).toEqual([])
		expect(await scans('SELECT * FROM codes WHERE hash = ?')).toEqual([])
		expect(await scans('SELECT kid FROM signing_keys')).toEqual([])
		expect(await scans('SELECT * FROM accounts WHERE status_reason = ?')).toHaveLength(1)
		expect(await scans(`SELECT a.id FROM accounts a WHERE a.status_reason = 'why?'`)).toHaveLength(1)
		expect(await scans('DELETE FROM codes WHERE expires_at < ?')).toHaveLength(1)
		expect(await scans('UPDATE codes SET consumed_by = ? WHERE redirect_uri = ?')).toHaveLength(1)
	})
})
