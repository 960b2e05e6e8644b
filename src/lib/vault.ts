import { Buffer } from 'node:buffer'
import { createCipheriv, createDecipheriv, hkdfSync } from 'node:crypto'
import { hmacSha256 } from './crypto.ts'
import type { Random } from './random.ts'

/**
 * What the product keeps secret, and the keys for it.
 *
 * One ring of root keys comes from the environment (`ROOT_KEYS`); from each root one key per purpose is derived with
 * HKDF, so that a sealed field, a PID's index, a PIN's pepper and a QR frame never share a key. A value says under
 * which root it was made; new values are made under the newest.
 */
export type Purpose = 'seal' | 'index' | 'pepper' | 'pairwise' | 'qr' | 'device' | 'dpop' | 'refresh'

export interface RootKey {
	version: number
	/** 32 bytes. */
	key: Uint8Array
}

export interface Vault {
	/** The newest root's version. */
	readonly version: number
	/**
	 * AES-256-GCM over a text, bound to its place: a value moved to another table, row or column does not open.
	 * @returns `version.iv.ciphertext+tag`, base64url
	 */
	seal(place: Place, text: string): string
	/** @throws Error where the value was not sealed for this place or its root is not in the ring. */
	open(place: Place, sealed: string): string
	/**
	 * Keyed hash by which a PID is found (HMAC-SHA-256, whole). A PID has about 10^12 values, so an unkeyed hash would
	 * be reversible. Made with the oldest root: changing it needs every row's index made anew.
	 */
	index(kind: 'pid', value: string): string
	/**
	 * HMAC-SHA-256 under a key that is used for nothing else. `pairwise` is made with the oldest root, since a relying
	 * party's name for a person must not change; the others with the newest unless told.
	 */
	mac(purpose: Exclude<Purpose, 'seal' | 'index'>, data: string | Uint8Array, version?: number): Uint8Array<ArrayBuffer>
}

export type Place = readonly [table: string, row: string, column: string]

const IV_LENGTH = 12
const TAG_LENGTH = 16

/** @param roots newest first, at least one. */
export function createVault(roots: readonly RootKey[], random: Random): Vault {
	const newest = roots[0]
	const oldest = roots.at(-1)
	if (!newest || !oldest) throw new Error('the ring of root keys is empty')
	const derived = new Map<string, Uint8Array>()

	function keyFor(purpose: Purpose, version: number): Uint8Array {
		const name = `${purpose}/${version}`
		const known = derived.get(name)
		if (known) return known
		const root = roots.find((candidate) => candidate.version === version)
		if (!root) throw new Error(`root key ${version} is not in the ring`)
		const key = new Uint8Array(hkdfSync('sha256', root.key, new Uint8Array(0), `dopa-digital-id/${purpose}`, 32))
		derived.set(name, key)
		return key
	}

	return {
		version: newest.version,
		seal(place, text) {
			const iv = random.bytes(IV_LENGTH)
			const cipher = createCipheriv('aes-256-gcm', keyFor('seal', newest.version), iv)
			cipher.setAAD(Buffer.from(place.join('\u0000'), 'utf8'))
			const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()])
			return `${newest.version}.${Buffer.from(iv).toString('base64url')}.${body.toString('base64url')}`
		},
		open(place, sealed) {
			const [version, iv, body] = sealed.split('.')
			if (!version || !iv || !body) throw new Error('not a sealed value')
			const bytes = Buffer.from(body, 'base64url')
			const decipher = createDecipheriv('aes-256-gcm', keyFor('seal', Number(version)), Buffer.from(iv, 'base64url'), {
				authTagLength: TAG_LENGTH,
			})
			decipher.setAAD(Buffer.from(place.join('\u0000'), 'utf8'))
			decipher.setAuthTag(bytes.subarray(-TAG_LENGTH))
			// GCM is a stream: all of the text comes at once, and the end only says whether it is genuine.
			const text = decipher.update(bytes.subarray(0, -TAG_LENGTH))
			decipher.final()
			return text.toString('utf8')
		},
		index(kind, value) {
			return Buffer.from(hmacSha256(keyFor('index', oldest.version), `${kind}:${value}`)).toString('base64url')
		},
		mac(purpose, data, version) {
			return hmacSha256(keyFor(purpose, version ?? (purpose === 'pairwise' ? oldest : newest).version), data)
		},
	}
}

/** Reads `ROOT_KEYS`: `2:<32 bytes base64url>,1:<…>`, newest first. */
export function parseRootKeys(text: string): RootKey[] {
	return text.split(',').map((part) => {
		const [version, key] = part.trim().split(':')
		const bytes = key ? new Uint8Array(Buffer.from(key, 'base64url')) : new Uint8Array(0)
		if (!version || !/^[1-9]\d*$/.test(version) || bytes.length !== 32)
			throw new Error('ROOT_KEYS must read "version:32 bytes in base64url", comma between, newest first')
		return { version: Number(version), key: bytes }
	})
}
