import { LibsqlError } from '@libsql/core/api'

/** SQLite's answers to a statement that is wrong, or whose values are: a bug, not a database that is away. */
const OUR_FAULT = /^SQLITE_(CONSTRAINT|ERROR|MISMATCH|MISUSE|RANGE|TOOBIG|AUTH)|^(URL|ARGS|CLIENT)_/

/** What D1 says of the same. */
const OUR_FAULT_AT_D1 = /constraint|syntax error|no such (table|column)|datatype mismatch|too big/i

/**
 * Whether an error means that the database does not answer now (locked, full, unreadable, not reached, overloaded), so
 * that the same request may work later. Looks through what Drizzle wraps around it.
 */
export function isUnavailable(error: unknown): boolean {
	for (let at: unknown = error; at instanceof Error; at = at.cause) {
		if (at instanceof LibsqlError) return !OUR_FAULT.test(at.code)
		if (/^D1_/.test(at.message)) return !OUR_FAULT_AT_D1.test(at.message)
	}
	return false
}
