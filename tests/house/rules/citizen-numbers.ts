import { pidCheckDigit } from '../../../src/lib/thai/pid.ts'
import { lineOf, type Source, type Violation } from '../kit/sources.ts'

/**
 * A number that could be a living person's: 13 digits, a first digit that is given out, a right check digit. The
 * product's own people stand in an office that does not exist: digits 2 and 3 are 98.
 */
const FORMS = [/(?<![\w.])\d{13}(?![\w.]\d|\w)/g, /(?<![\w.])\d([ -])\d{4}\1\d{5}\1\d{2}\1\d(?!\w)/g]

const arabic = (text: string): string =>
	text.replace(/[๐-๙]/g, (digit) => String(digit.charCodeAt(0) - '๐'.charCodeAt(0)))

const couldBeSomebody = (digits: string): boolean =>
	/^[1-8]/.test(digits) && digits.slice(1, 3) !== '98' && Number(digits[12]) === pidCheckDigit(digits)

/** @param published numbers of published examples, each with its source. */
export function realLookingPids(
	files: readonly Source[],
	published: Readonly<Record<string, string>> = {},
): Violation[] {
	return files.flatMap((source) => {
		const text = arabic(source.text)
		return FORMS.flatMap((form) => [...text.matchAll(form)])
			.filter((match) => {
				const digits = match[0].replace(/\D/g, '')
				return couldBeSomebody(digits) && !(digits in published)
			})
			.map((match) => `${source.path}:${lineOf(text, match.index)} could be a living person's number`)
	})
}
