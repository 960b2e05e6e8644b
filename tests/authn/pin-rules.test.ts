import { describe, expect, setDefaultTimeout, test } from 'bun:test'
import fc from 'fast-check'
import { normalisePin, type PinOwner, type PinProblem, pinProblem } from '../../src/lib/pin-rules.ts'
import { pidCheckDigit } from '../../src/lib/thai/pid.ts'

// Some tests here try hundreds of values each.
setDefaultTimeout(60_000)

const REFUSED: Record<PinProblem, string[]> = {
	pin_malformed: [
		'',
		'1',
		'1234567',
		'123456789',
		'1234567a',
		'12 345678',
		'๑๒๓๔๕๖๗๘',
		'-1234567',
		'1234567\n',
		'１２３４５６７８',
	],
	pin_weak_repeat: ['00000000', '99999999', '12121212', '11112222', '10000000', '12222222', '47777715', '60066006'],
	pin_weak_run: [
		'12345678',
		'87654321',
		'78901234',
		'32109876',
		'13579135',
		'86420864',
		'93712345',
		'12346789',
		'43216789',
	],
	pin_weak_pattern: [
		...['25402540', '12312312', '60496049', '60499406', '58277285', '11223355', '99887744'],
		...['10203040', '12131415', '90705030', '14789632', '25896321', '14725836', '15935728', '96385274', '15925814'],
	],
	pin_weak_birthdate: [],
	pin_weak_number: [],
	pin_weak_common: ['31415926', '13572468', '25402538', '19951998', '25381995', '10293847'],
}

describe('a PIN that anybody would try', () => {
	const rows = Object.entries(REFUSED).flatMap(([problem, pins]) => pins.map((pin) => [pin, problem] as const))
	test.each(rows)('%p: %s', (pin, problem) => {
		expect<string | null>(pinProblem(pin)).toBe(problem)
	})

	test.each(['60493817', '27419680', '84052916', '03815274', '19471862'])('%p is as good as any', (pin) => {
		expect(pinProblem(pin)).toBeNull()
	})
})

const somsri: PinOwner = {
	birthdate: { year: 1995, month: 5, day: 1 },
	pid: '1103702451847',
	phone: '+66 81-953-7264',
}

describe('a PIN that one’s own papers tell', () => {
	test.each([
		...['01051995', '19950501', '05011995', '19950105', '01052538', '25380501', '05012538', '25380105'],
		...['01059501', '95050195', '01053801', '38050138', '01053800', '99010538', '38050119'],
		...['15253847', '47152538', '51253847', '25385147'],
	])('%s holds the birth date', (pin) => {
		expect(pinProblem(pin, somsri)).toBe('pin_weak_birthdate')
	})

	test.each(['11037024', '03702451', '02451847', '08195372', '81953726', '19537264', '66819537', '68195372'])(
		'%s is part of the PID or the telephone number',
		(pin) => {
			expect(pinProblem(pin, somsri)).toBe('pin_weak_number')
			expect(pinProblem(pin)).toBeNull()
		},
	)

	test('Thai digits in what is known of the owner count', () => {
		expect(pinProblem('11037024', { pid: '๑-๑๐๓๗-๐๒๔๕๑-๘๔-๗' })).toBe('pin_weak_number')
	})

	test('a birth date of which the registry knows the year only, or no day', () => {
		expect(pinProblem('00002538', { birthdate: { year: 1995, month: null, day: null } })).toBe('pin_weak_birthdate')
		expect(pinProblem('25380500', { birthdate: { year: 1995, month: 5, day: null } })).toBe('pin_weak_birthdate')
		expect(pinProblem('60493817', { birthdate: { year: 1995, month: null, day: null } })).toBeNull()
	})
})

const digits = (length: number) => fc.array(fc.nat(9), { minLength: length, maxLength: length })
const anyPin = digits(8).map((list) => list.join(''))
const anyDate = fc.record({
	year: fc.integer({ min: 1900, max: 2026 }),
	month: fc.integer({ min: 1, max: 12 }),
	day: fc.integer({ min: 1, max: 28 }),
})
const two = (value: number) => String(value).padStart(2, '0')
const refuses = (pin: string, about?: PinOwner) => expect(pinProblem(pin, about)).not.toBeNull()

describe('for all', () => {
	test('runs up and down, from any digit, over the 0', () => {
		fc.assert(
			fc.property(fc.nat(9), fc.constantFrom(1, 9, 2, 8, 3, 7), (from, step) => {
				refuses(Array.from({ length: 8 }, (_, i) => (from + i * step) % 10).join(''))
			}),
		)
	})

	test('palindromes, pairs, groups of three and four, doubled digits, five equal ones anywhere', () => {
		fc.assert(
			fc.property(digits(4), fc.nat(3), ([a = 0, b = 0, c = 0, d = 0], at) => {
				for (const list of [
					[a, b, c, d, d, c, b, a],
					[a, b, a, b, a, b, a, b],
					[a, b, c, a, b, c, a, b],
					[a, b, c, d, a, b, c, d],
					[a, a, b, b, c, c, d, d],
				])
					refuses(list.join(''))
				refuses(`${[b, c, d].slice(0, at).join('')}${String(a).repeat(5)}${[b, c, d].slice(at).join('')}`)
			}),
		)
	})

	test('walks on the keypad', () => {
		const beside = ['8', '24', '135', '26', '157', '2468', '359', '48', '5790', '68']
		fc.assert(
			fc.property(fc.nat(9), fc.array(fc.nat(11), { minLength: 7, maxLength: 7 }), (from, turns) => {
				const walk = [from]
				for (const turn of turns) {
					const next = beside[walk.at(-1) ?? 0] ?? ''
					walk.push(Number(next[turn % next.length]))
				}
				refuses(walk.join(''))
			}),
		)
	})

	test('one’s own birth date, in each form and both eras', () => {
		fc.assert(
			fc.property(anyDate, fc.nat(99), (birthdate, filler) => {
				const [dd, mm] = [two(birthdate.day), two(birthdate.month)]
				for (const year of [birthdate.year, birthdate.year + 543]) {
					const yy = two(year % 100)
					for (const pin of [`${dd}${mm}${year}`, `${year}${mm}${dd}`, `${mm}${dd}${year}`, `${year}${dd}${mm}`])
						expect(pinProblem(pin, { birthdate })).toBe('pin_weak_birthdate')
					for (const six of [`${dd}${mm}${yy}`, `${yy}${mm}${dd}`, `${mm}${dd}${yy}`])
						for (const pin of [`${six}${two(filler)}`, `${two(filler)}${six}`, `${six}${six}`.slice(0, 8)])
							expect(pinProblem(pin, { birthdate })).toBe('pin_weak_birthdate')
				}
			}),
		)
	})

	test('any eight digits in a row of one’s PID and telephone number', () => {
		fc.assert(
			fc.property(digits(12), digits(8), fc.nat(5), fc.nat(2), (first, rest, atPid, atPhone) => {
				const pid = `${first.join('')}${pidCheckDigit(first.join(''))}`
				const phone = `08${rest.join('')}`
				refuses(pid.slice(atPid, atPid + 8), { pid })
				refuses(phone.slice(atPhone, atPhone + 8), { phone })
				refuses(phone.slice(atPhone, atPhone + 8), { phone: `+66${phone.slice(1)}` })
			}),
		)
	})

	test('what is refused of anybody is refused of everybody', () => {
		fc.assert(
			fc.property(anyPin, anyDate, (pin, birthdate) => {
				if (pinProblem(pin) !== null) refuses(pin, { birthdate, pid: '1103702451847', phone: '0819537264' })
			}),
			{ numRuns: 2_000 },
		)
	})

	test('texts: an answer and no exception; only eight ASCII digits are well formed', () => {
		fc.assert(
			fc.property(
				fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: fc.constantFrom(...'0123456789๐๙ -') })),
				(typed) => {
					expect(pinProblem(typed) === 'pin_malformed').toBe(!/^[0-9]{8}$/.test(typed))
				},
			),
		)
	})

	test('Thai digits, spaces and dashes are the same PIN', () => {
		fc.assert(
			fc.property(
				anyPin,
				fc.array(fc.constantFrom('', ' ', '-', '\u00a0'), { minLength: 8, maxLength: 8 }),
				(pin, gaps) => {
					const thai = [...pin].map((digit, i) => String.fromCharCode(0x0e50 + Number(digit)) + gaps[i]).join('')
					expect(normalisePin(thai)).toBe(pin)
					expect(normalisePin(pin)).toBe(pin)
				},
			),
		)
	})
})

/** Of the 10^8 PINs, as few as possible are lost: each one refused makes the others easier to guess. */
test('less than one PIN in two hundred is refused', () => {
	const SAMPLE = 100_000
	// A fixed sequence that visits the whole space evenly: 61803399 has no factor in common with 10^8.
	const pins = Array.from({ length: SAMPLE }, (_, i) => String((i * 61_803_399) % 100_000_000).padStart(8, '0'))
	const refused = pins.filter((pin) => pinProblem(pin, somsri) !== null).length
	expect(refused / SAMPLE).toBeGreaterThan(0.001)
	expect(refused / SAMPLE).toBeLessThan(0.005)
})
