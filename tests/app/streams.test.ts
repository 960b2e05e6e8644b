import { afterAll, afterEach, beforeAll, describe, expect, test } from 'bun:test'
import { schema } from '../../db/client.ts'
import { systemClock } from '../../src/lib/clock.ts'
import { systemRandom } from '../../src/lib/random.ts'
import { people } from '../../src/ports/civil-registry/index.ts'
import { newInvitation } from '../../src/proofing/index.ts'
import { createSeats } from '../../src/streams.ts'
import { authorizationUrl } from '../authn/kit/agency.ts'
import type { Browser } from '../kit/http-client.ts'
import { beginSignIn, fragmentOf, joinOffice } from '../kit/journeys.ts'
import { openWorld, type World } from '../kit/world.ts'

/** Nobody holds open as many streams as they like: each of them asks the database once a second. */
let world: World
beforeAll(async () => {
	world = await openWorld()
})
afterAll(() => world.close())

interface Watching {
	ended: boolean
	close(): Promise<void>
}

const open: Watching[] = []
afterEach(() => Promise.all(open.splice(0).map((watching) => watching.close())))

/** Opens a stream, reads its first message, and reads on. */
async function begin(browser: Browser, path: string): Promise<Watching> {
	const reader = (await browser.get(path)).body?.getReader()
	if (!reader || (await reader.read()).done) throw new Error('nothing was streamed')
	const watching: Watching = { ended: false, close: () => reader.cancel() }
	open.push(watching)
	void (async () => {
		while (!(await reader.read()).done);
		watching.ended = true
	})()
	return watching
}

/** Time for what ends to end. */
const settle = () => Bun.sleep(100)

async function officer(): Promise<Browser> {
	const now = systemClock.now()
	const { link, row } = newInvitation(systemRandom, { officeCode: '1306', role: 'officer', issuer: world.issuer, now })
	await world.db.insert(schema.officerInvitations).values(row)
	const browser = world.browser()
	await joinOffice(browser, world.phone({ discoverable: true }), fragmentOf(link), 'เจ้าหน้าที่ ทดสอบ')
	return browser
}

const WATCHED: [string, () => Promise<{ browser: Browser; path: string }>][] = [
	[
		'a sign-in',
		async () => {
			const browser = world.browser()
			return { browser, path: `/sign-in/${await beginSignIn(browser, authorizationUrl(world.issuer))}/events` }
		},
	],
	[
		'a case at the counter',
		async () => {
			const browser = await officer()
			const pid = people.somchai.pid
			const { caseId } = await browser.mutate<{ caseId: string }>('office.lookUp', { pid })
			return { browser, path: `/office/cases/${caseId}/events` }
		},
	],
]

describe.each(WATCHED)('%s', (_, prepare) => {
	test('four streams stay open; a fifth ends the oldest, and no other', async () => {
		const { browser, path } = await prepare()
		const streams: Watching[] = []
		for (let n = 0; n < 4; n++) streams.push(await begin(browser, path))
		await settle()
		expect(streams.map(({ ended }) => ended)).toEqual([false, false, false, false])
		streams.push(await begin(browser, path))
		await settle()
		expect(streams.map(({ ended }) => ended)).toEqual([true, false, false, false, false])
	})

	test('another one’s streams are no matter of it', async () => {
		const [one, other] = [await prepare(), await prepare()]
		const first = await begin(one.browser, one.path)
		for (let n = 0; n < 4; n++) await begin(other.browser, other.path)
		await settle()
		expect(first.ended).toBe(false)
	})
})

describe('seats', () => {
	test('one that was given back is free again, and nobody is sent away twice', () => {
		const sent: string[] = []
		const seats = createSeats(2)
		const take = (who: string) => seats.take('key', () => sent.push(who))
		const leave = take('a')
		take('b')
		leave()
		take('c')
		expect(sent).toEqual([])
		take('d')
		take('e')
		expect(sent).toEqual(['b', 'c'])
		leave()
		take('f')
		expect(sent).toEqual(['b', 'c', 'd'])
	})
})
