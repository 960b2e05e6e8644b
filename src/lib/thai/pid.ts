/**
 * The citizen number (เลขประจำตัวประชาชน, PID): 13 digits, the first a category, the last a check digit.
 * Pure: runs in the browser too.
 */
export type Pid = string & { readonly __pid: unique symbol }

export type PidProblem = 'pid_malformed' | 'pid_check_digit'

/** (11 − (Σ d_i·(14−i), i = 1 … 12) mod 11) mod 10. @param first12 at least 12 digits. */
export function pidCheckDigit(first12: string): number {
	let sum = 0
	for (let i = 0; i < 12; i++) sum += Number(first12[i]) * (13 - i)
	return (11 - (sum % 11)) % 10
}

/** Reads what a person typed: spaces and dashes are dropped, Thai digits count. */
export function parsePid(typed: string): { pid: Pid } | { problem: PidProblem } {
	const digits = toArabicDigits(typed).replace(/[\s-]/g, '')
	if (!/^\d{13}$/.test(digits)) return { problem: 'pid_malformed' }
	if (pidCheckDigit(digits) !== Number(digits[12])) return { problem: 'pid_check_digit' }
	return { pid: digits as Pid }
}

/** The same for values that must be right already (the registry's, our own). @throws Error without the value. */
export function asPid(digits: string): Pid {
	const read = parsePid(digits)
	if ('problem' in read) throw new Error(`not a PID: ${read.problem}`)
	return read.pid
}

/**
 * Whether the first digit already says "not a Thai national": 6 and 7 (unlawful entry, temporary stay, and their
 * children) and 0 (no civil status). 3, 4, 5 and 8 can be either; there the register's nationality decides.
 */
export function isNonThaiCategory(pid: Pid): boolean {
	return pid[0] === '0' || pid[0] === '6' || pid[0] === '7' || pid[0] === '9'
}

/** 1-2345-67890-12-1, as cards print it. */
export function formatPid(pid: string): string {
	return `${pid[0]}-${pid.slice(1, 5)}-${pid.slice(5, 10)}-${pid.slice(10, 12)}-${pid[12]}`
}

/** x-xxxx-xxxxx-12-1: enough for its owner to know it, too little for anybody else. */
export function maskPid(pid: string): string {
	return `x-xxxx-xxxxx-${pid.slice(10, 12)}-${pid[12]}`
}

export function toArabicDigits(text: string): string {
	return text.replace(/[๐-๙]/g, (digit) => String(digit.charCodeAt(0) - 0x0e50))
}

/** Whether a text holds a right citizen number: thirteen digits in a row, Arabic or Thai and however grouped. */
export function holdsPid(text: string): boolean {
	// Lookahead, so that windows of longer runs of digits are seen too.
	for (const [, found = ''] of toArabicDigits(text).matchAll(/(?=((?:\d[\s.-]?){13}))/g)) {
		const digits = found.replace(/\D/g, '')
		if (pidCheckDigit(digits) === Number(digits[12])) return true
	}
	return false
}
