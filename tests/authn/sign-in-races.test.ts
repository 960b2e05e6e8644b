import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'bun:test'
import { confirm } from '../kit/journeys.ts'
import { openStage, outcome, type Stage, scanned } from './kit/stage.ts'
import { before } from './kit/trips.ts'

let stage: Stage
beforeAll(async () => {
	stage = await openStage()
})
afterAll(() => stage.close())
beforeEach(() => stage.afresh())

const APPROVAL = /insert into "grants"/

describe('while a confirmation is under way', () => {
	test('another account’s device cookie in the same browser does not take the sign-in over', async () => {
		const [mine, other] = [await stage.citizen('somchai'), await stage.citizen('somying')]
		const waiting = await stage.waiting()
		const frame = await waiting.qr()
		const shown = await scanned(mine, frame)
		const { number } = await waiting.state()
		const theirs = other.browser.cookies().find(({ name }) => name === '__Host-device')?.value
		const hook = before(stage.client, APPROVAL, async () => {
			mine.browser.addCookie(`__Host-device=${theirs}; Path=/; Secure`)
			await scanned(mine, frame)
		})
		expect(await outcome(confirm(mine, shown, number))).toBe('passkey_challenge')
		hook.off()
		expect(hook.done).toBe(true)
		expect(await stage.signIn(waiting.id)).toMatchObject({ state: 'scanned', grantId: null })
	})
})
