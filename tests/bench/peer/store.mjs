/**
 * Where the peer keeps its state: SQLite through node:sqlite, WAL, synchronous=FULL, prepared statements, one table a
 * model. As lean as oidc-provider's adapter contract lets it be: what it costs beyond this is the contract's.
 */
import { createDecipheriv } from 'node:crypto'
import { DatabaseSync } from 'node:sqlite'

const MODELS = [
	'AccessToken',
	'AuthorizationCode',
	'Grant',
	'Interaction',
	'PushedAuthorizationRequest',
	'RefreshToken',
	'ReplayDetection',
	'Session',
]

/** @param {string} path */
export function openStore(path) {
	const db = new DatabaseSync(path)
	db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA busy_timeout = 5000')
	for (const model of MODELS)
		db.exec(`CREATE TABLE IF NOT EXISTS ${model} (id TEXT PRIMARY KEY, payload TEXT NOT NULL, grantId TEXT, uid TEXT, expiresAt INTEGER);
			CREATE INDEX IF NOT EXISTS ${model}_grant ON ${model} (grantId) WHERE grantId IS NOT NULL;
			CREATE INDEX IF NOT EXISTS ${model}_uid ON ${model} (uid) WHERE uid IS NOT NULL`)
	db.exec('CREATE TABLE IF NOT EXISTS accounts (id TEXT PRIMARY KEY, snapshot TEXT NOT NULL)')
	return db
}

/** The adapter of oidc-provider over that database. @param {DatabaseSync} db */
export function adapterOver(db) {
	return class {
		constructor(model) {
			if (!MODELS.includes(model)) return
			this.readOne = db.prepare(`SELECT payload, expiresAt FROM ${model} WHERE id = ?`)
			this.readUid = db.prepare(`SELECT payload, expiresAt FROM ${model} WHERE uid = ?`)
			this.write = db.prepare(
				`INSERT INTO ${model} (id, payload, grantId, uid, expiresAt) VALUES (?, ?, ?, ?, ?)
				ON CONFLICT (id) DO UPDATE SET payload = excluded.payload, grantId = excluded.grantId, uid = excluded.uid, expiresAt = excluded.expiresAt`,
			)
			this.mark = db.prepare(`UPDATE ${model} SET payload = json_set(payload, '$.consumed', ?) WHERE id = ?`)
			this.remove = db.prepare(`DELETE FROM ${model} WHERE id = ?`)
			this.removeGrant = db.prepare(`DELETE FROM ${model} WHERE grantId = ?`)
		}

		async upsert(id, payload, expiresIn) {
			const expiresAt = expiresIn ? Math.floor(Date.now() / 1_000) + expiresIn : null
			this.write.run(id, JSON.stringify(payload), payload.grantId ?? null, payload.uid ?? null, expiresAt)
		}

		async find(id) {
			return read(this.readOne.get(id))
		}

		async findByUid(uid) {
			return read(this.readUid.get(uid))
		}

		async consume(id) {
			this.mark.run(Math.floor(Date.now() / 1_000), id)
		}

		async destroy(id) {
			this.remove.run(id)
		}

		async revokeByGrantId(grantId) {
			this.removeGrant.run(grantId)
		}
	}
}

const read = (row) =>
	!row || (row.expiresAt !== null && row.expiresAt * 1_000 < Date.now()) ? undefined : JSON.parse(row.payload)

/** A citizen's sealed data, opened at each use: the work that the other side does too. */
export function accountsIn(db, sealKey) {
	const one = db.prepare('SELECT snapshot FROM accounts WHERE id = ?')
	return (id) => {
		const row = one.get(id)
		if (!row) return undefined
		const bytes = Buffer.from(row.snapshot, 'base64url')
		const decipher = createDecipheriv('aes-256-gcm', sealKey, bytes.subarray(0, 12))
		decipher.setAAD(Buffer.from(id))
		decipher.setAuthTag(bytes.subarray(-16))
		const text = Buffer.concat([decipher.update(bytes.subarray(12, -16)), decipher.final()]).toString('utf8')
		return JSON.parse(text)
	}
}
