import { createLocalJWKSet, errors, type JWK } from 'jose'
import { type Clock, HOUR, MINUTE, SECOND } from '../../lib/clock.ts'
import { type Outbound, OutboundRefused } from '../../lib/outbound.ts'
import { isOfSmallOrder } from '../artifacts/small-order.ts'

export type KeyFinder = (...asked: Parameters<ReturnType<typeof createLocalJWKSet>>) => Promise<CryptoKey>

/** A client's keys as this server knows them. */
export interface KeySet {
	keys: readonly JWK[]
	find: KeyFinder
}

/** Keys cannot be had; `reason` is for the log. */
export class KeysUnavailable extends Error {
	override readonly name = 'KeysUnavailable'
	constructor(readonly reason: string) {
		super(reason)
	}
}

/** Fetched keys count as they are this long. */
const FRESH = 5 * MINUTE
/** A host is asked no more often, whoever sends what; so is one that does not answer. */
const RETRY_AFTER = 30 * SECOND
/** Keys that cannot be fetched anew are still good this long: the host of the keys may be away, its owner need not be. */
const STALE = HOUR
const MAX_KEYS = 50
const MAX_KEPT = 5_000

interface Entry {
	set: KeySet | null
	/** ms; when `set` came. */
	fetchedAt: number
	/** ms; when it was last asked for. */
	triedAt: number
	pending: Promise<void> | null
	failure: string
}

/**
 * JWK Sets by URL. Many at once wait for one fetch. A client changes its keys by publishing them: a `kid` that nobody
 * knows makes the set be fetched anew.
 */
export function createJwksCache({ outbound, clock }: { outbound: Outbound; clock: Clock }) {
	const entries = new Map<string, Entry>()

	function entryOf(uri: string): Entry {
		let entry = entries.get(uri)
		if (!entry) {
			if (entries.size >= MAX_KEPT) entries.clear()
			entry = { set: null, fetchedAt: 0, triedAt: Number.NEGATIVE_INFINITY, pending: null, failure: '' }
			entries.set(uri, entry)
		}
		return entry
	}

	async function refresh(uri: string, entry: Entry): Promise<void> {
		entry.triedAt = clock.now()
		try {
			entry.set = await fetchSet(outbound, uri)
			entry.fetchedAt = clock.now()
		} catch (error) {
			if (!(error instanceof KeysUnavailable)) throw error
			entry.failure = error.reason
		}
	}

	/** Asks where it may. @returns whether the set was fetched by this call or one beside it */
	async function tryRefresh(uri: string, entry: Entry): Promise<boolean> {
		const before = entry.set
		if (!entry.pending && clock.now() - entry.triedAt < RETRY_AFTER) return false
		entry.pending ??= refresh(uri, entry).finally(() => {
			entry.pending = null
		})
		await entry.pending
		return entry.set !== before
	}

	return {
		/** @throws KeysUnavailable */
		async get(uri: string): Promise<KeySet> {
			const entry = entryOf(uri)
			if (!entry.set || clock.now() - entry.fetchedAt >= FRESH) await tryRefresh(uri, entry)
			if (!entry.set || clock.now() - entry.fetchedAt >= STALE) throw new KeysUnavailable(entry.failure)
			return entry.set
		},
		/** After a signature that no known key made. @returns null where there is nothing newer */
		async newer(uri: string, than: KeySet): Promise<KeySet | null> {
			const entry = entryOf(uri)
			// Somebody beside us has fetched it meanwhile.
			if (entry.set && entry.set !== than) return entry.set
			return (await tryRefresh(uri, entry)) ? entry.set : null
		},
	}
}

async function fetchSet(outbound: Outbound, uri: string): Promise<KeySet> {
	try {
		const { status, text } = await outbound.get(uri)
		if (status !== 200) throw new KeysUnavailable(`jwks_uri: HTTP ${status}`)
		return readKeySet(text)
	} catch (error) {
		if (error instanceof OutboundRefused) throw new KeysUnavailable(`jwks_uri: ${error.reason}`)
		throw error
	}
}

const KEY_TYPES = ['RSA', 'EC', 'OKP']

/**
 * RFC 7517 §5: of a JWK Set, the public keys that this server knows. Others are left out, as the RFC asks.
 * @throws KeysUnavailable where it is no JWK Set
 */
export function readKeySet(text: string): KeySet {
	let parsed: unknown
	try {
		parsed = JSON.parse(text)
	} catch {
		throw new KeysUnavailable('the JWK Set is no JSON')
	}
	const listed = (parsed as { keys?: unknown } | null)?.keys
	if (!Array.isArray(listed) || listed.length > MAX_KEYS) throw new KeysUnavailable('no JWK Set, or too many keys')
	const keys = listed.filter(isPublicKey)
	const find = createLocalJWKSet({ keys })
	return {
		keys,
		async find(header, token) {
			try {
				return await find(header, token)
			} catch (error) {
				if (error instanceof errors.JOSEError) throw error
				// A key that no library can read (half of one, a point beside its curve) is none.
				throw new errors.JWKSNoMatchingKey()
			}
		},
	}
}

function isPublicKey(key: unknown): key is JWK {
	if (typeof key !== 'object' || key === null) return false
	const { kty, x } = key as JWK
	if (kty === 'OKP' && typeof x === 'string' && isOfSmallOrder(x)) return false
	// A private half that was published proves nobody any more.
	return typeof kty === 'string' && KEY_TYPES.includes(kty) && !('d' in key)
}
