import { LibsqlBatchError, LibsqlError } from '@libsql/core/api'
import Database from 'libsql'

/** Primary result codes of SQLite, by number: https://sqlite.org/rescode.html */
const CODES = [
	'OK',
	'ERROR',
	'INTERNAL',
	'PERM',
	'ABORT',
	'BUSY',
	'LOCKED',
	'NOMEM',
	'READONLY',
	'INTERRUPT',
	'IOERR',
	'CORRUPT',
	'NOTFOUND',
	'FULL',
	'CANTOPEN',
	'PROTOCOL',
	'EMPTY',
	'SCHEMA',
	'TOOBIG',
	'CONSTRAINT',
	'MISMATCH',
	'MISUSE',
	'NOLFS',
	'AUTH',
	'FORMAT',
	'RANGE',
	'NOTADB',
	'NOTICE',
	'WARNING',
] as const

/** The engine's error as the client's callers know it: `code` the primary one, `extendedCode` the engine's own word. */
export function toLibsqlError(error: unknown): unknown {
	if (!(error instanceof Database.SqliteError)) return error
	const { message, code, rawCode } = error
	return new LibsqlError(message, primaryCode(rawCode), code, rawCode, error)
}

/** The low byte is the primary code, what is above it the extension. */
function primaryCode(raw: number | undefined): string {
	if (raw === undefined) return 'SQLITE_UNKNOWN'
	return `SQLITE_${CODES[raw & 0xff] ?? `UNKNOWN_${raw & 0xff}`}`
}

/** Says which statement of a batch it was. */
export function ofStatement(error: unknown, index: number): unknown {
	if (!(error instanceof LibsqlError) || error instanceof LibsqlBatchError) return error
	const { code, extendedCode, rawCode, cause } = error
	const message = error.message.replace(`${code}: `, '')
	return new LibsqlBatchError(message, index, code, extendedCode, rawCode, cause instanceof Error ? cause : undefined)
}

export const clientClosed = (): LibsqlError => new LibsqlError('The client is closed', 'CLIENT_CLOSED')
