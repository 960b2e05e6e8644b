import { desc, sql } from 'drizzle-orm'
import { calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK, type JWK } from 'jose'
import { atomically, type Db, insertWhere, schema } from '../../../db/client.ts'
import { type Clock, MINUTE } from '../../lib/clock.ts'
import type { Vault } from '../../lib/vault.ts'
import type { SigningAlg } from '../wire.ts'

/**
 * The provider's signing keys: rows sealed in the database, opened once and kept in memory. Only RSA, P-256 and
 * Ed25519, each with `kid`, `use` and `alg`: one key that a relying party's library does not know breaks each of its
 * sign-ins.
 */
export interface SigningKey {
	kid: string
	alg: SigningAlg
	privateKey: CryptoKey
}

export interface KeyRing {
	/** The key that signs now. @throws Error where the algorithm has none. */
	signingKey(alg: SigningAlg): Promise<SigningKey>
	/** The JWK Set as bytes, made once for each state of the ring. */
	jwks(): Promise<Uint8Array<ArrayBuffer>>
}

export const SIGNING_ALGS = ['RS256', 'ES256', 'EdDSA'] as const satisfies readonly SigningAlg[]

/** How long a copy in memory may be old: a new key is published a day before it signs. */
const REFRESH_AFTER = 5 * MINUTE
const RETRY_AFTER = MINUTE / 2

interface Loaded {
	/** ms */
	lookAgainAt: number
	rows: (typeof schema.signingKeys.$inferSelect)[]
	jwks: Uint8Array<ArrayBuffer>
	opened: Map<string, Promise<CryptoKey>>
}

export function createKeyRing({ db, vault, clock }: { db: Db; vault: Vault; clock: Clock }): KeyRing {
	let current: Loaded | null = null
	let loading: Promise<Loaded> | null = null

	async function read(): Promise<Loaded> {
		let rows = await storedKeys(db)
		if (SIGNING_ALGS.some((alg) => !rows.some((row) => row.alg === alg))) {
			await createMissingKeys(db, vault, clock)
			rows = await storedKeys(db)
		}
		const keys = rows.map((row) => JSON.parse(row.publicJwk) as JWK)
		const jwks = new TextEncoder().encode(JSON.stringify({ keys }))
		return { lookAgainAt: clock.now() + REFRESH_AFTER, rows, jwks, opened: current?.opened ?? new Map() }
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
		return refresh().catch(() => {
			// What is known still holds where the database does not answer: keys change once in months.
			known.lookAgainAt = clock.now() + RETRY_AFTER
			return known
		})
	}

	return {
		async signingKey(alg) {
			const state = await loaded()
			const now = clock.now()
			const usable = state.rows.filter((key) => key.alg === alg && (key.activeUntil === null || key.activeUntil > now))
			// The newest whose time has come; the oldest where a clock that was set back says that none has.
			const row = usable.find((key) => key.activeFrom <= now) ?? usable.at(-1)
			if (!row) throw new Error(`no signing key for ${alg}`)
			let key = state.opened.get(row.kid)
			if (!key) {
				const jwk = JSON.parse(vault.open(['signing_keys', row.kid, 'private_jwk'], row.privateJwk)) as JWK
				key = importJWK(jwk, alg) as Promise<CryptoKey>
				state.opened.set(row.kid, key)
			}
			return { kid: row.kid, alg, privateKey: await key }
		},
		async jwks() {
			return (await loaded()).jwks
		},
	}
}

const storedKeys = (db: Db) => db.select().from(schema.signingKeys).orderBy(desc(schema.signingKeys.activeFrom))

/** Makes the keys that are missing. Two servers at once make one each algorithm: the guard lets the first one in. */
async function createMissingKeys(db: Db, vault: Vault, clock: Clock): Promise<void> {
	const now = clock.now()
	const rows = await Promise.all(SIGNING_ALGS.map((alg) => newKeyRow(alg, vault, now)))
	await atomically(
		db,
		rows.map((row) =>
			insertWhere(
				db,
				schema.signingKeys,
				row,
				sql`NOT EXISTS (SELECT 1 FROM ${schema.signingKeys} WHERE ${schema.signingKeys.alg} = ${row.alg})`,
			),
		),
	)
}

async function newKeyRow(alg: SigningAlg, vault: Vault, now: number): Promise<typeof schema.signingKeys.$inferInsert> {
	const { publicKey, privateKey } = await generateKeyPair(alg, {
		extractable: true,
		...(alg === 'RS256' ? { modulusLength: 2048 } : {}),
	})
	const publicJwk = await exportJWK(publicKey)
	const kid = await calculateJwkThumbprint(publicJwk)
	return {
		kid,
		alg,
		publicJwk: JSON.stringify({ ...publicJwk, kid, use: 'sig', alg }),
		privateJwk: vault.seal(['signing_keys', kid, 'private_jwk'], JSON.stringify(await exportJWK(privateKey))),
		// A minute back: another server's clock may be behind ours.
		activeFrom: now - MINUTE,
		activeUntil: null,
		createdAt: now,
	}
}
