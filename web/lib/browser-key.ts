import { base64url, fromBase64url } from '../../src/lib/bytes.ts'

/**
 * A key of this browser's own. A passkey may be copied to other devices by a cloud account; this key cannot leave the
 * browser's storage (it is made non-extractable), and its signature goes with every answer of the passkey.
 */
export interface BrowserKeyProof {
	jwk: JsonWebKey
	/** ECDSA P-256 with SHA-256, r‖s, over the bytes of the response's clientDataJSON; base64url. */
	signature: string
}

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256' } as const
const DATABASE = 'dopa'
const STORE = 'keys'
const NAME = 'browser'

/** Where storage is refused (some private windows), a key that lives as long as the page. */
let passing: CryptoKeyPair | undefined

/** Signs a WebAuthn response's client data with the browser's key; makes the key at the first use. */
export async function proveBrowser(clientDataJSON: string): Promise<BrowserKeyProof> {
	const { privateKey, publicKey } = await browserKey()
	const { kty, crv, x, y } = await crypto.subtle.exportKey('jwk', publicKey)
	const signature = await crypto.subtle.sign(
		{ name: 'ECDSA', hash: 'SHA-256' },
		privateKey,
		fromBase64url(clientDataJSON),
	)
	return { jwk: { kty, crv, x, y }, signature: base64url(new Uint8Array(signature)) }
}

async function browserKey(): Promise<CryptoKeyPair> {
	if (passing) return passing
	try {
		const database = await openDatabase()
		const kept: CryptoKeyPair | undefined = await settled(database.transaction(STORE).objectStore(STORE).get(NAME))
		if (kept) return kept
		const made = await makeKey()
		const store = database.transaction(STORE, 'readwrite').objectStore(STORE)
		// `add`, not `put`: of two tabs that make a key at once, one wins and both use it.
		await settled(store.add(made, NAME)).catch(() => undefined)
		return (await settled<CryptoKeyPair | undefined>(database.transaction(STORE).objectStore(STORE).get(NAME))) ?? made
	} catch {
		passing = await makeKey()
		return passing
	}
}

const makeKey = (): Promise<CryptoKeyPair> => crypto.subtle.generateKey(ALGORITHM, false, ['sign', 'verify'])

function openDatabase(): Promise<IDBDatabase> {
	const request = indexedDB.open(DATABASE, 1)
	request.onupgradeneeded = () => request.result.createObjectStore(STORE)
	return settled(request)
}

function settled<T>(request: IDBRequest<T>): Promise<T> {
	return new Promise((resolve, reject) => {
		request.onsuccess = () => resolve(request.result)
		request.onerror = () => reject(request.error)
	})
}
