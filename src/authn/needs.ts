import type { Db } from '../../db/client.ts'
import type { Clock } from '../lib/clock.ts'
import type { Random } from '../lib/random.ts'
import type { Vault } from '../lib/vault.ts'
import type { KeyRing } from '../oidc/index.ts'
import type { CivilRegistry } from '../ports/civil-registry/index.ts'
import type { RelyingPartyId, Tier } from './passkey/index.ts'
import type { Wake } from './wake.ts'

/** What signing in needs; `app.ts` ties it. */
export interface AuthnDeps {
	db: Db
	vault: Vault
	clock: Clock
	random: Random
	registry: CivilRegistry
	rp: RelyingPartyId
	/** Origin, no trailing slash. */
	issuer: string
	/** Signs answers to relying parties that want them signed. */
	keys: KeyRing
	/** Tiers of binding that are let in. */
	allowTiers: readonly Tier[]
	limits: SignInLimits
	/** Where a request comes from, as far as this deployment can know. */
	peer(request: Request): Peer
	wake: Wake
	/** Relying parties are to be told of a session's end: now rather than at the next round. */
	tellClients(): void
	log(event: string, fields: Record<string, string | number>): void
}

export interface Peer {
	/** The client's network address, whole; it is shortened before it is stored. */
	address: string | null
	/** City and country, where the edge says so. */
	place: string | null
}

/** Times in ms. */
export interface SignInLimits {
	/** How long a request may wait before anybody begins. */
	waiting: number
	/** From the first frame until the scan. */
	scan: number
	/** From the scan until the decision. */
	decide: number
	/** From the decision until the waiting browser collects. */
	collect: number
	/** The age of a frame that the in-app scanner read. */
	frameFromScanner: number
	/** The age of a frame that came through the phone's own camera and a page load. */
	frameFromCamera: number
	session: number
	sessionIdle: number
	/** Requests that begin to wait, of one relying party from one network: each writes a row, and nobody has to prove anything. */
	startsFromNetwork: Rate
	/** Looks at one sign-in, by whomever; each asks the AS. */
	looksAtSignIn: Rate
	/** Looks by one browser, at whatever. */
	looksOfBrowser: Rate
	/** How long after an unlocking the card may be shown to somebody without another. */
	freshUnlock: number
	/** How long a shown card's link lives, and how long its one look may be answered again. */
	cardCheck: number
	/** Cards that one citizen shows. */
	cardsShown: Rate
	/** Looks at shown cards, by one browser. */
	checksOfBrowser: Rate
	/** The same, from one network. */
	checksFromNetwork: Rate
	/** Reports of a lost phone about one person, right or wrong. */
	lossesOfPerson: Rate
	/** The same, from one network. */
	lossesFromNetwork: Rate
	/** How long a phone keeps the card's face for days without network; 0: not at all. */
	offlineCard: number
	/** Challenges for unlocking and for officers' sign-ins, and unlockings, from one network. */
	challengesFromNetwork: Rate
	/** Challenges for unlocking, and unlockings, in one browser. */
	unlocksOfBrowser: Rate
}

/** So many in one window (ms), which opens with the first. */
export interface Rate {
	limit: number
	window: number
}
