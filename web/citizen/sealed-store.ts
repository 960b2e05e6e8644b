/**
 * One record in this browser's storage, sealed. The key is made for each record anew, cannot be taken out of the browser
 * (non-extractable) and lies beside it: so what is copied out of a page, an export or a log is no readable card. Whoever
 * can run this origin's script, or read the whole profile of an unlocked phone, can open it; docs/decisions/0020 says what
 * follows from that.
 */
const DATABASE = 'dopa-card'
const STORE = 'copy'
const ONLY = 'card'

export interface Sealed {
	iv: Uint8Array<ArrayBuffer>
	data: ArrayBuffer
}

const AES = { name: 'AES-GCM', length: 256 } as const

export const newKey = (): Promise<CryptoKey> => crypto.subtle.generateKey(AES, false, ['encrypt', 'decrypt'])

/** @param bound what the text belongs to; it opens with the same only */
export async function seal(key: CryptoKey, text: string, bound: string, iv: Sealed['iv']): Promise<Sealed> {
	const additionalData = new TextEncoder().encode(bound)
	const data = await crypto.subtle.encrypt({ name: 'AES-GCM', iv, additionalData }, key, new TextEncoder().encode(text))
	return { iv, data }
}

/** @throws DOMException where the key or what it is bound to is another */
export async function unseal(key: CryptoKey, { iv, data }: Sealed, bound: string): Promise<string> {
	const additionalData = new TextEncoder().encode(bound)
	return new TextDecoder().decode(await crypto.subtle.decrypt({ name: 'AES-GCM', iv, additionalData }, key, data))
}

/** The record, or null; null too where storage is refused (some private windows). */
export async function readRecord<T>(): Promise<T | null> {
	try {
		return await inStore<T | undefined>('readonly', (store) => store.get(ONLY)).then((record) => record ?? null)
	} catch {
		return null
	}
}

/** Puts the record in the place of the one before. Where storage is refused nothing is kept. */
export async function writeRecord(record: object): Promise<void> {
	await inStore('readwrite', (store) => store.put(record, ONLY)).catch(() => undefined)
}

export async function eraseRecord(): Promise<void> {
	await inStore('readwrite', (store) => store.clear()).catch(() => undefined)
}

async function inStore<T>(mode: IDBTransactionMode, act: (store: IDBObjectStore) => IDBRequest): Promise<T> {
	const opening = indexedDB.open(DATABASE, 1)
	opening.onupgradeneeded = () => opening.result.createObjectStore(STORE)
	const database = await settled(opening)
	try {
		return (await settled(act(database.transaction(STORE, mode).objectStore(STORE)))) as T
	} finally {
		database.close()
	}
}

function settled<T>(request: IDBRequest<T>): Promise<T> {
	return new Promise((resolve, reject) => {
		request.onsuccess = () => resolve(request.result)
		request.onerror = () => reject(request.error)
	})
}
