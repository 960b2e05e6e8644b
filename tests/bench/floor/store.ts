/**
 * Where the floor keeps its state: the tables that a code flow cannot do without, nothing more. Secrets are kept as
 * SHA-256 hashes, what is about a person is sealed, as with the other two; times are in ms.
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import type { Client } from '@libsql/client'

const TABLES = [
	'CREATE TABLE clients (id TEXT PRIMARY KEY, secret_hash TEXT NOT NULL, redirect_uri TEXT NOT NULL, scope TEXT NOT NULL)',
	'CREATE TABLE people (sub TEXT PRIMARY KEY, claims TEXT NOT NULL)',
	'CREATE TABLE sessions (hash TEXT PRIMARY KEY, sub TEXT NOT NULL, auth_time INTEGER NOT NULL, expires_at INTEGER NOT NULL)',
	'CREATE TABLE grants (sub TEXT, client_id TEXT, scope TEXT NOT NULL, PRIMARY KEY (sub, client_id))',
	`CREATE TABLE codes (hash TEXT PRIMARY KEY, client_id TEXT NOT NULL, sub TEXT NOT NULL, redirect_uri TEXT NOT NULL, scope TEXT NOT NULL,
		nonce TEXT, challenge TEXT NOT NULL, auth_time INTEGER NOT NULL, expires_at INTEGER NOT NULL, used_by TEXT)`,
	`CREATE TABLE tokens (hash TEXT PRIMARY KEY, client_id TEXT NOT NULL, sub TEXT NOT NULL, scope TEXT NOT NULL, code_hash TEXT NOT NULL,
		expires_at INTEGER NOT NULL)`,
	`CREATE TABLE refresh_tokens (hash TEXT PRIMARY KEY, client_id TEXT NOT NULL, sub TEXT NOT NULL, scope TEXT NOT NULL, code_hash TEXT NOT NULL,
		auth_time INTEGER NOT NULL, expires_at INTEGER NOT NULL, replaced_by TEXT)`,
	'CREATE TABLE pushed (hash TEXT PRIMARY KEY, client_id TEXT NOT NULL, params TEXT NOT NULL, expires_at INTEGER NOT NULL)',
	// What a stolen code gave has to be found again.
	'CREATE INDEX tokens_code ON tokens (code_hash)',
	'CREATE INDEX refresh_tokens_code ON refresh_tokens (code_hash)',
]

/** AES-256-GCM, bound to the person: IV, ciphertext, tag. @param key 32 bytes */
export function seal(key: Buffer, sub: string, text: string): string {
	const iv = randomBytes(12)
	const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(sub))
	return Buffer.concat([iv, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]).toString('base64url')
}

export function open(key: Buffer, sub: string, sealed: string): string {
	const bytes = Buffer.from(sealed, 'base64url')
	const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, 12)).setAAD(Buffer.from(sub))
	decipher.setAuthTag(bytes.subarray(-16))
	return Buffer.concat([decipher.update(bytes.subarray(12, -16)), decipher.final()]).toString('utf8')
}

/** Makes the tables. @param client of an empty database */
export async function createTables(client: Client): Promise<void> {
	for (const sql of TABLES) await client.execute(sql)
}
