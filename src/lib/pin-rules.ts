import type { ServiceErrorCode } from './errors.ts'
import { BUDDHIST_OFFSET, type CalendarDate } from './thai/dates.ts'
import { toArabicDigits } from './thai/pid.ts'

/**
 * Which eight digits cannot be a PIN: those that a thief of the phone tries first. By rule and not by a long list, so
 * that the page can say why before anything is sent, and the server says the same. NIST SP 800-63B-4 §3.1.1.2: a
 * blocklist, and no rules of composition. Asked only when a PIN is set. Pure: runs in the browser too.
 */
export interface PinOwner {
	birthdate?: CalendarDate
	/** 13 digits. */
	pid?: string
	/** As people write it: 081-234-5678 or +66 81 234 5678. */
	phone?: string
}

export type PinProblem = Extract<ServiceErrorCode, 'pin_malformed' | `pin_weak_${string}`>

export const PIN_LENGTH = 8

/** As many digits in a row may be equal, or follow each other up or down. */
const LONGEST = 4

/** What a person typed as ASCII digits: Thai digits count, spaces and dashes are dropped. Says nothing about length. */
export function normalisePin(typed: string): string {
	return toArabicDigits(typed).replace(/[\s-]/g, '')
}

/**
 * @param pin already normalised (`normalisePin`): Thai digits are malformed here.
 * @param about what is known of its owner; what is left out is not looked for.
 * @returns why it cannot be a PIN, the owner's own numbers first; null where nothing speaks against it.
 */
export function pinProblem(pin: string, about: PinOwner = {}): PinProblem | null {
	if (!/^[0-9]{8}$/.test(pin)) return 'pin_malformed'
	if (about.birthdate && holdsBirthdate(pin, about.birthdate)) return 'pin_weak_birthdate'
	if (ownNumbers(about).some((number) => number.includes(pin))) return 'pin_weak_number'
	const digits = Array.from(pin, Number)
	if (isRepeat(digits)) return 'pin_weak_repeat'
	if (isRun(digits)) return 'pin_weak_run'
	if (isPattern(pin, digits)) return 'pin_weak_pattern'
	return isCommon(pin) ? 'pin_weak_common' : null
}

const pad = (value: number | null): string => String(value ?? 0).padStart(2, '0')

/** The ways to write a date, in both eras: eight digits whole, six with the short year, and without leading zeros. */
function birthdateForms({ year, month, day }: CalendarDate): string[] {
	const [dd, mm] = [pad(day), pad(month)]
	return [year, year + BUDDHIST_OFFSET].flatMap((era) => {
		const yyyy = String(era)
		const yy = yyyy.slice(-2)
		const whole = [`${dd}${mm}${yyyy}`, `${yyyy}${mm}${dd}`, `${mm}${dd}${yyyy}`, `${yyyy}${dd}${mm}`]
		const short = [`${dd}${mm}${yy}`, `${yy}${mm}${dd}`, `${mm}${dd}${yy}`]
		const bare = day && month ? [`${day}${month}${yyyy}`, `${yyyy}${month}${day}`, `${month}${day}${yyyy}`] : []
		return [...whole, ...short, ...bare]
	})
}

/** A shorter form counts wherever it stands: 010538 in 01053800 and in 99010538, and so "DDMMYY twice", cut at eight. */
function holdsBirthdate(pin: string, birthdate: CalendarDate): boolean {
	return birthdateForms(birthdate).some((form) => pin.includes(form))
}

/** Long digit strings of which no eight in a row may be the PIN. */
function ownNumbers({ pid, phone }: PinOwner): string[] {
	const digitsOf = (text: string | undefined): string => toArabicDigits(text ?? '').replace(/[^0-9]/g, '')
	const called = digitsOf(phone)
	return [digitsOf(pid), called, called.replace(/^66/, '0')]
}

/** 11111111, 12121212, 11112222 (two digits or fewer), and five equal ones in a row. */
function isRepeat(digits: readonly number[]): boolean {
	return new Set(digits).size <= 2 || longest(digits, (a, b) => a === b) > LONGEST
}

/** 12345678, 87654321, 78901234 (over the 0), 13579135 (any even step), five in a row, and two runs of four. */
function isRun(digits: readonly number[]): boolean {
	const up = (a: number, b: number) => (b - a + 10) % 10 === 1
	const down = (a: number, b: number) => up(b, a)
	if (Math.max(longest(digits, up), longest(digits, down)) > LONGEST) return true
	const step = (i: number): number => ((digits[i + 1] ?? 0) - (digits[i] ?? 0) + 10) % 10
	const steps = digits.slice(1).map((_, i) => step(i))
	if (steps.every((value) => value === steps[0])) return true
	const halves = [digits.slice(0, 4), digits.slice(4)]
	return halves.every((half) => longest(half, up) === 4 || longest(half, down) === 4)
}

/** The length of the longest stretch in which each digit follows from the one before. */
function longest(digits: readonly number[], follows: (a: number, b: number) => boolean): number {
	let best = 1
	let current = 1
	for (let i = 1; i < digits.length; i++) {
		current = follows(digits[i - 1] ?? 0, digits[i] ?? 0) ? current + 1 : 1
		if (current > best) best = current
	}
	return best
}

function isPattern(pin: string, digits: readonly number[]): boolean {
	return hasPeriod(pin) || isPalindrome(pin) || isDoubled(pin) || isSeries(pin) || isStroke(digits) || isLines(pin)
}

/** 25402540 and 12312312: four or fewer digits, again and again. */
const hasPeriod = (pin: string): boolean => [3, 4].some((period) => pin.slice(period) === pin.slice(0, -period))

/** 12344321. */
const isPalindrome = (pin: string): boolean => pin === [...pin].reverse().join('')

/** 11223355: each digit twice. */
const isDoubled = (pin: string): boolean => /^(?:(\d)\1)(?:(\d)\2)(?:(\d)\3)(?:(\d)\4)$/.test(pin)

/** 10203040, 12131415: four numbers of two digits, evenly apart. */
function isSeries(pin: string): boolean {
	const [a = 0, b = 0, c = 0, d = 0] = [0, 2, 4, 6].map((at) => Number(pin.slice(at, at + 2)))
	return b - a === c - b && c - b === d - c
}

/** Where a key lies on a telephone's keypad. */
const keyRow = (digit: number): number => (digit === 0 ? 3 : Math.floor((digit - 1) / 3))
const keyColumn = (digit: number): number => (digit === 0 ? 1 : (digit - 1) % 3)

/** 14789632: the finger goes from a key to one beside, above or below it, all the way. */
function isStroke(digits: readonly number[]): boolean {
	return digits.every((digit, i) => {
		const before = digits[i - 1]
		if (before === undefined) return true
		return Math.abs(keyRow(digit) - keyRow(before)) + Math.abs(keyColumn(digit) - keyColumn(before)) === 1
	})
}

const LINES = ['123', '456', '789', '147', '258', '369', '159', '357', '580', '2580'].flatMap((line) => [
	line,
	[...line].reverse().join(''),
])
/** A line that is cut short at either end of the PIN. */
const LINE_PARTS = new Set(
	LINES.flatMap((line) => [line.slice(0, 2), line.slice(1, 3), line.slice(0, 1) + line.slice(-1)]),
)

/** 14725836, 15935728: whole lines of the keypad one after the other, and a part of one where eight keys leave it. */
function isLines(pin: string): boolean {
	const end = (rest: string): boolean =>
		rest === '' || LINE_PARTS.has(rest) || LINES.some((line) => rest.startsWith(line) && end(rest.slice(line.length)))
	return end(pin) || (LINE_PARTS.has(pin.slice(0, 2)) && end(pin.slice(2)))
}

/** Years that people live in, in both eras. */
const isYear = (text: string): boolean => (text >= '1920' && text <= '2049') || (text >= '2463' && text <= '2592')

/** What no rule above finds and lists of chosen PINs are full of: constants, odd then even, a run that stumbles. */
const COMMON = new Set([
	...['31415926', '27182818', '14142135', '16180339', '17320508', '11235813', '13572468', '24681357', '86421357'],
	...['75312468', '24680135', '13579246', '97531864', '02468135', '10293847', '12340000'],
	...['12341111', '11122233', '12121234', '12123434', '12332100', '13145200', '52013140', '05201314'],
])

/** 25402538: two years; and the list. */
function isCommon(pin: string): boolean {
	return COMMON.has(pin) || (isYear(pin.slice(0, 4)) && isYear(pin.slice(4)))
}
