import { sql } from 'drizzle-orm'
import { atomically, schema } from '../../../db/client.ts'
import { type Clock, HOUR } from '../../../src/lib/clock.ts'
import { serialiseCookie } from '../../../src/lib/cookies.ts'
import { hashSecret } from '../../../src/lib/crypto.ts'
import { newId, newSecret, systemRandom } from '../../../src/lib/random.ts'
import { people } from '../../../src/ports/civil-registry/index.ts'
import { enrolledCitizen } from '../../kit/enrolled.ts'
import type { Browser } from '../../kit/http-client.ts'
import { openWorld, type World, type WorldOptions } from '../../kit/world.ts'
import type { Rp } from './relying-party.ts'

/** A clock that stands still until a test moves it. */
export interface HandClock extends Clock {
	advance(ms: number): void
}

export function handClock(at = Date.UTC(2026, 0, 15, 3)): HandClock {
	let now = at
	return {
		now: () => now,
		advance(ms) {
			now += ms
		},
	}
}

export interface Provider extends World {
	clock: HandClock
}

/** What the acts of a test need of it. */
export type Parts = Pick<
	Provider,
	'app' | 'browser' | 'clock' | 'db' | 'issuer' | 'phone' | 'rp' | 'simulator' | 'vault'
>

/** The whole product with a clock to be moved by hand. */
export async function openProvider(options: Omit<WorldOptions, 'clock'> = {}): Promise<Provider> {
	const clock = handClock()
	return { ...(await openWorld({ ...options, clock })), clock }
}

/** Somebody who is enrolled. */
export interface Holder {
	accountId: string
	pid: string
}

export async function enrolled(provider: Parts, name: keyof typeof people = 'somchai'): Promise<Holder> {
	const { pid } = people[name]
	const record = await provider.simulator.findPerson(pid, 'enrolment')
	if (!record) throw new Error(`the registry does not know ${name}`)
	const citizen = { browser: provider.browser(), phone: provider.phone(), pin: '58203914' }
	const { accountId } = await enrolledCitizen({ ...provider, now: provider.clock.now() }, { ...citizen, record })
	return { accountId, pid }
}

/** The holder signs in to the provider just now: the AS has answered, and this browser has a session. */
export async function signedIn(provider: Parts, holder: Holder, acr = 'phr'): Promise<Browser> {
	const { db, clock } = provider
	const now = clock.now()
	const secret = newSecret(systemRandom)
	const { accountId } = holder
	await atomically(db, [
		db.insert(schema.sessions).values({
			secretHash: hashSecret(secret),
			accountId,
			credentialId: 'any',
			acr,
			amr: '["user","pin","mfa"]',
			authenticatedAt: now,
			lastSeenAt: now,
			expiresAt: now + 12 * HOUR,
		}),
		db.update(schema.accounts).set({ snapshotAt: now }).where(sql`id = ${accountId}`),
	])
	const browser = provider.browser()
	browser.addCookie(serialiseCookie('session', secret))
	return browser
}

/** The holder has let the relying party see these scopes before. @returns the grant's id */
export async function consented(provider: Parts, holder: Holder, rp: Rp, scope: string): Promise<string> {
	const id = newId(systemRandom, 'grt')
	// The newest consent is the one that counts.
	provider.clock.advance(1_000)
	await provider.db.insert(schema.grants).values({
		id,
		accountId: holder.accountId,
		clientId: rp.id,
		scope,
		signInId: newId(systemRandom, 'si'),
		createdAt: provider.clock.now(),
	})
	return id
}
