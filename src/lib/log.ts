import { pidCheckDigit, toArabicDigits } from './thai/pid.ts'

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

/** Whether thirteen digits in a row, Arabic or Thai and however grouped, end in a right check digit. */
export function holdsPid(text: string): boolean {
	for (const [, found = ''] of toArabicDigits(text).matchAll(/(?=((?:\d[\s.-]?){13}))/g)) {
		const digits = found.replace(/\D/g, '')
		if (pidCheckDigit(digits) === Number(digits[12])) return true
	}
	return false
}
