import { importJWK, type JWK } from 'jose'
import type { Db } from '../../../db/client.ts'
import { type Clock, MINUTE } from '../../lib/clock.ts'
import type { Vault } from '../../lib/vault.ts'
import type { SigningAlg } from '../wire.ts'
import {
	agedAlgs,
	createMissingKeys,
	isPublished,
	type KeyRow,
	rotateKeys,
	SIGNING_ALGS,
	signingRow,
	storedKeys,
} from './key-rotation.ts'
import { openKey, type SigningKey } from './sign-jwt.ts'

export { SIGNING_ALGS, type SigningKey }

/**
 * The provider's signing keys: rows sealed in the database, opened once and kept in memory. Only RSA, P-256 and
 * Ed25519, each with `kid`, `use` and `alg`: one key that a relying party's library does not know breaks each of its
 * sign-ins. How one follows another stands in `key-rotation.ts`.
 */
export interface KeyRing {
	/** The key that signs now. @throws Error where the algorithm has none. */
	signingKey(alg: SigningAlg): Promise<SigningKey>
	/** The JWK Set as bytes, made once for each state of the ring. */
	jwks(): Promise<Uint8Array<ArrayBuffer>>
	/**
	 * A public key of ours by its name, also one that signs no more: for an `id_token_hint`. Null where there is none. A
	 * name that nobody knows makes one look at the database in half a minute, whoever sends how many.
	 */
	verificationKey(kid: string): Promise<VerificationKey | null>
}

export interface VerificationKey {
	alg: SigningAlg
	publicKey: CryptoKey
}

/** How long a copy in memory may be old: a new key is published a day before it signs. */
const REFRESH_AFTER = 5 * MINUTE
const RETRY_AFTER = MINUTE / 2

interface Loaded {
	/** ms */
	readAt: number
	/** ms */
	lookAgainAt: number
	rows: KeyRow[]
	jwks: Uint8Array<ArrayBuffer>
}

export interface KeyRingDeps {
	db: Db
	vault: Vault
	clock: Clock
	/** ms; a key that has signed so long gets a successor by itself. Left out: only the command makes one. */
	rotateAfter?: number
}

export function createKeyRing(deps: KeyRingDeps): KeyRing {
	const { db, vault, clock, rotateAfter = Number.POSITIVE_INFINITY } = deps
	let current: Loaded | null = null
	let loading: Promise<Loaded> | null = null
	let opened = new Map<string, Promise<SigningKey>>()
	let imported = new Map<string, Promise<VerificationKey>>()

	async function read(): Promise<Loaded> {
		let rows = await storedKeys(db)
		const now = clock.now()
		if (SIGNING_ALGS.some((alg) => !signingRow(rows, alg, now))) {
			await createMissingKeys(deps)
			rows = await storedKeys(db)
		}
		const aged = agedAlgs(rows, now, rotateAfter)
		if (aged.length > 0) {
			await rotateKeys(deps, aged, 'planned')
			rows = await storedKeys(db)
		}
		const keys = rows.filter((row) => isPublished(row, now)).map((row) => JSON.parse(row.publicJwk) as JWK)
		const jwks = new TextEncoder().encode(JSON.stringify({ keys }))
		// A key that is gone from the database goes from memory too.
		const known = new Set(rows.map(({ kid }) => kid))
		opened = new Map([...opened].filter(([kid]) => known.has(kid)))
		imported = new Map([...imported].filter(([kid]) => known.has(kid)))
		return { readAt: now, lookAgainAt: now + REFRESH_AFTER, rows, jwks }
	}

	/** Many at once wait for one read. */
	function refresh(): Promise<Loaded> {
		loading ??= read()
			.then((state) => {
				current = state
				return state
			})
			.finally(() => {
				loading = null
			})
		return loading
	}

	async function loaded(): Promise<Loaded> {
		const known = current
		if (known === null) return refresh()
		if (clock.now() < known.lookAgainAt) return known
		return again(known)
	}

	/** What is known still holds where the database does not answer: keys change once in months. */
	function again(known: Loaded): Promise<Loaded> {
		return refresh().catch(() => {
			known.readAt = clock.now()
			known.lookAgainAt = known.readAt + RETRY_AFTER
			return known
		})
	}

	return {
		async signingKey(alg) {
			const row = signingRow((await loaded()).rows, alg, clock.now())
			if (!row) throw new Error(`no signing key for ${alg}`)
			return once(opened, row.kid, () => openRow(vault, row))
		},
		async jwks() {
			return (await loaded()).jwks
		},
		async verificationKey(kid) {
			const has = ({ rows }: Loaded) => rows.find((row) => row.kid === kid)
			const state = await loaded()
			// It may be younger than our copy.
			const row = has(state) ?? (clock.now() < state.readAt + RETRY_AFTER ? undefined : has(await again(state)))
			return row ? once(imported, kid, () => importPublic(row)) : null
		},
	}
}

function once<T>(made: Map<string, Promise<T>>, kid: string, make: () => Promise<T>): Promise<T> {
	let it = made.get(kid)
	if (!it) {
		it = make()
		made.set(kid, it)
	}
	return it
}

function openRow(vault: Vault, { kid, alg, privateJwk }: KeyRow): Promise<SigningKey> {
	const jwk = JSON.parse(vault.open(['signing_keys', kid, 'private_jwk'], privateJwk)) as JWK
	return openKey({ kid, alg, jwk })
}

async function importPublic({ publicJwk, alg }: KeyRow): Promise<VerificationKey> {
	return { alg, publicKey: (await importJWK(JSON.parse(publicJwk) as JWK, alg)) as CryptoKey }
}
