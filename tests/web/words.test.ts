import { describe, expect, test } from 'bun:test'
import { en as checkEn } from '../../web/words/check/en.ts'
import { th as checkTh } from '../../web/words/check/th.ts'
import { en as citizenEn } from '../../web/words/citizen/en.ts'
import { th as citizenTh } from '../../web/words/citizen/th.ts'
import { en as commonEn } from '../../web/words/common/en.ts'
import { th as commonTh } from '../../web/words/common/th.ts'
import { en as enrolEn } from '../../web/words/enrol/en.ts'
import { th as enrolTh } from '../../web/words/enrol/th.ts'
import { en as errorsEn } from '../../web/words/errors/en.ts'
import { en as restEn } from '../../web/words/errors/rest.en.ts'
import { th as restTh } from '../../web/words/errors/rest.th.ts'
import { en as suspendedEn } from '../../web/words/errors/suspended.en.ts'
import { th as suspendedTh } from '../../web/words/errors/suspended.th.ts'
import { th as errorsTh } from '../../web/words/errors/th.ts'
import { en as lifeEn } from '../../web/words/life/en.ts'
import { th as lifeTh } from '../../web/words/life/th.ts'
import { en as officeEn } from '../../web/words/office/en.ts'
import { th as officeTh } from '../../web/words/office/th.ts'
import { en as publicEn } from '../../web/words/public/en.ts'
import { th as publicTh } from '../../web/words/public/th.ts'
import { en as signInEn } from '../../web/words/sign-in/en.ts'
import { th as signInTh } from '../../web/words/sign-in/th.ts'

/** That no word is missing is a matter of types; here is what types do not see. */
const PARTS = {
	check: [checkTh, checkEn],
	citizen: [citizenTh, citizenEn],
	common: [commonTh, commonEn],
	enrol: [enrolTh, enrolEn],
	errors: [errorsTh, errorsEn],
	'errors, rest': [restTh, restEn],
	suspended: [suspendedTh, suspendedEn],
	life: [lifeTh, lifeEn],
	office: [officeTh, officeEn],
	public: [publicTh, publicEn],
	'sign-in': [signInTh, signInEn],
} as const

/** Every text with its path; functions are asked with a number and a name. */
function texts(words: unknown, path = ''): [path: string, text: string][] {
	if (typeof words === 'string') return [[path, words]]
	if (typeof words === 'function') return [[path, String((words as (...args: unknown[]) => unknown)(3, 4, 5))]]
	if (typeof words === 'object' && words !== null)
		return Object.entries(words).flatMap(([name, inner]) => texts(inner, `${path}.${name}`))
	return []
}

const THAI = /[\u0e00-\u0e7f]/
/** Names of things that are the same in both languages, and the name of the other language. */
const SAME = /^\.(product|otherLanguage)$/

describe.each(Object.entries(PARTS))('the words of %s', (_part, [th, en]) => {
	test('are there in both languages, list for list', () => {
		expect(
			texts(en)
				.map(([path]) => path)
				.sort(),
		).toEqual(
			texts(th)
				.map(([path]) => path)
				.sort(),
		)
	})

	test('are Thai in Thai and English in English', () => {
		expect(texts(th).filter(([path, text]) => !SAME.test(path) && !THAI.test(text))).toEqual([])
		expect(texts(en).filter(([path, text]) => !SAME.test(path) && (THAI.test(text) || text.trim() === ''))).toEqual([])
	})

	test('use what they are given', () => {
		const given = (words: unknown): [string, number][] =>
			texts(words)
				.filter(
					([path]) =>
						typeof path
							.split('.')
							.slice(1)
							.reduce<unknown>((at, name) => (at as Record<string, unknown>)[name], words) === 'function',
				)
				.map(([path, text]) => [path, ['3', '4', '5'].filter((digit) => text.includes(digit)).length])
		expect(given(en).sort()).toEqual(given(th).sort())
	})
})

describe('the words for errors', () => {
	test.each([...Object.entries({ ...errorsTh, ...restTh }), ...Object.entries({ ...errorsEn, ...restEn })])(
		'say of %s what is wrong and what to do, each once',
		(_code, words) => {
			expect(words.text).not.toBe(words.next)
			expect(words.title).not.toBe(words.text)
			expect(words.next.length).toBeGreaterThan(5)
		},
	)

	test('stand in one place each', () => {
		const both = Object.keys(errorsTh).filter((code) => code in restTh)
		expect(both).toEqual([])
	})
})

describe('what is said of a suspension', () => {
	// `src/accounts/lifecycle.ts`: no card lifts these.
	const lasting = ['person_not_alive', 'frozen', 'device_lost']
	test.each(Object.keys(suspendedTh) as (keyof typeof suspendedTh)[])(
		'for %s promises no more than a new card does',
		(reason) => {
			const promised = [
				/จะใช้ได้เอง/.test(suspendedTh[reason].next),
				/works again by itself/.test(suspendedEn[reason].next),
			]
			expect(promised).toEqual([!lasting.includes(reason), !lasting.includes(reason)])
		},
	)
})
