import { holdsPid } from './thai/pid.ts'

/** One JSON object a line. Values are codes, ids and numbers; a text that holds a citizen number is not written. */
export type Log = (event: string, fields: Readonly<Record<string, string | number>>) => void

/** @param write where a line goes, without its line feed */
export function createLog(write: (line: string) => void, now: () => number): Log {
	return (event, fields) => {
		const safe = Object.fromEntries(
			Object.entries(fields).map(([name, value]) => [name, holdsPid(String(value)) ? '[withheld]' : value]),
		)
		write(JSON.stringify({ at: new Date(now()).toISOString(), event, ...safe }))
	}
}
