import { drizzle as overLibsql } from 'drizzle-orm/libsql'
import { type Db, drizzleConfig, prepareClient } from '../../../../db/client.ts'
import { createApp } from '../../../../src/app.ts'
import { noOutbound, type Outbound } from '../../../../src/lib/outbound.ts'
import { systemRandom } from '../../../../src/lib/random.ts'
import { createVault } from '../../../../src/lib/vault.ts'
import { people } from '../../../../src/ports/civil-registry/index.ts'
import { openSimulator } from '../../../../src/ports/civil-registry/simulator/index.ts'
import { fileDb } from '../../../kit/db.ts'
import { enrolledCitizen } from '../../../kit/enrolled.ts'
import { type Browser, createBrowser } from '../../../kit/http-client.ts'
import type { Citizen } from '../../../kit/journeys.ts'
import { createPhone } from '../../../kit/phone.ts'
import { consented, handClock, type Parts, signedIn } from '../../kit/provider.ts'
import { register } from '../../kit/relying-party.ts'
import { STORES } from '../../kit/stores.ts'
import { newKeys } from '../kit/ours.ts'
import { type Cast, type ProfileName, SCOPE, type Server, SIGNED_OUT } from '../kit/server.ts'

/** Several servers over one database: each request goes to any of them. */
export interface Arena extends Server {
	/** What each of them sees. */
	dbs: readonly Db[]
	parts: Parts
	citizen: Citizen & { accountId: string }
	/** A citizen's browser, that meets any of the servers too. */
	browser(): Browser
	/** The same browser with the cookies of another. */
	twin(browser: Browser): Browser
	/** A session of its own. @returns the Cookie header */
	session(): Promise<string>
	/** What went out to other hosts. */
	sent: string[]
	outbound: Outbound
	/** From the seed of the run: below `below`. */
	die(below: number): number
	close(): Promise<void>
}

const SERVERS = 3
const ISSUER = 'http://localhost:8787'
const RP = { id: 'localhost', name: 'DOPA Digital ID', origins: [ISSUER] }
const PIN = '28401957'
const BACKCHANNEL = 'https://rp.example/backchannel'

/** Mulberry32: the same seed, the same trials. */
export function dice(seed: number): (below: number) => number {
	let state = seed >>> 0
	return (below) => {
		state = (state + 0x6d2b79f5) >>> 0
		let t = state
		t = Math.imul(t ^ (t >>> 15), t | 1)
		t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
		return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * below)
	}
}

interface Databases {
	dbs: Db[]
	close(): Promise<void>
}

/** Connections as servers of their own have them. */
const DATABASES: Record<string, () => Promise<Databases>> = {
	async 'libSQL in a file'() {
		const file = await fileDb()
		const open = async () => overLibsql(prepareClient((await file.connect()).client), drizzleConfig)
		return { dbs: await Promise.all(Array.from({ length: SERVERS }, open)), close: () => file.remove() }
	},
	async D1() {
		const store = await STORES.D1?.()
		if (!store) throw new Error('no D1')
		return { dbs: Array.from({ length: SERVERS }, () => store.db()), close: () => store.close() }
	},
}

export async function openArena(where: keyof typeof DATABASES, seed: number): Promise<Arena> {
	const { dbs, close } = (await DATABASES[where]?.()) ?? { dbs: [], close: async () => {} }
	const [db] = dbs
	if (!db) throw new Error(`no database ${where}`)
	const die = dice(seed)
	const clock = handClock()
	const vault = createVault([{ version: 1, key: systemRandom.bytes(32) }], systemRandom)
	const simulator = await openSimulator({ file: ':memory:', clock, population: 100 })
	const sent: string[] = []
	const outbound: Outbound = {
		...noOutbound,
		async post(url) {
			sent.push(url)
			return { status: 200, contentType: '', text: '' }
		},
	}
	const settings = { issuer: ISSUER, tiers: ['attested', 'device-bound', 'browser-bound'] as const }
	const apps = dbs.map((each) =>
		createApp({
			...{ db: each, clock, vault, random: systemRandom, registry: simulator, settings },
			assets: async () => null,
			peer: () => ({ address: null, place: null }),
			log: () => {},
			outbound,
		}),
	)
	const [app] = apps
	if (!app) throw new Error('no server')
	const fetch = async (request: Request) => (apps[die(apps.length)] ?? app).fetch(request)
	const browser = () => createBrowser(fetch, { origin: ISSUER, now: clock.now })
	const phone = () => createPhone({ rpId: RP.id, origin: ISSUER })
	const parts: Parts = { app, db, clock, vault, simulator, issuer: ISSUER, rp: RP, browser, phone }
	const record = await simulator.findPerson(people.somchai.pid, 'enrolment')
	if (!record) throw new Error('nobody is there')
	const person = { browser: browser(), phone: phone(), pin: PIN }
	const citizen = { ...person, ...(await enrolledCitizen({ ...parts, now: clock.now() }, { ...person, record })) }
	const holder = { accountId: citizen.accountId, pid: people.somchai.pid }

	async function castOf(profile: ProfileName, withKeys: boolean): Promise<Cast> {
		const keys = withKeys ? await newKeys() : null
		const said = {
			...{ profile, grantTypes: '["authorization_code","refresh_token"]', idTokenAlg: 'ES256' as const },
			postLogoutRedirectUris: JSON.stringify([SIGNED_OUT.rp]),
			backchannelLogoutUri: BACKCHANNEL,
		}
		const rp = await register(parts, said, keys ? [keys.rp] : [])
		await consented(parts, holder, rp, SCOPE)
		return { profile, rp, other: rp, dpop: keys?.dpop ?? null }
	}

	async function session(): Promise<string> {
		const cookies = (await signedIn(parts, holder)).cookies()
		return cookies.map(({ name, value }) => `${name}=${value}`).join('; ')
	}
	const casts = { fapi2: await castOf('fapi2', true), oidc: await castOf('oidc', false) }
	const arena: Arena = {
		...{ dbs, parts, citizen, browser, session, sent, outbound, die, fetch },
		casts: { ...casts, 'thaid-v2': casts.oidc },
		issuer: ISSUER,
		paths: {
			authorize: '/oauth/authorize',
			par: '/oauth/par',
			token: '/oauth/token',
			userinfo: '/oauth/userinfo',
			introspect: '/oauth/introspect',
			revoke: '/oauth/revoke',
			end_session: '/oauth/end_session',
			logout_deliveries: '/oauth/logout_deliveries',
		},
		cookie: await session(),
		now: () => clock.now(),
		async advance(ms) {
			clock.advance(ms)
			arena.cookie = await session()
		},
		twin(of) {
			const same = browser()
			for (const { name, value } of of.cookies()) same.addCookie(`${name}=${value}; Path=/; Secure`)
			return same
		},
		async close() {
			simulator.close()
			await close()
		},
	}
	return arena
}
