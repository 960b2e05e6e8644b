import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import { WebAuthnError } from '@simplewebauthn/browser'
import decodeQr from 'qr/decode.js'
import { asFailure, Failure } from '../../web/lib/failure.ts'
import { keyFailureOf } from '../../web/lib/passkey.ts'
import { noteServerDate, serverNow } from '../../web/lib/server-clock.ts'
import { timeWords } from '../../web/lib/time-words.ts'
import { readBirthdate } from '../../web/sign-in/values.ts'
import { qrPath } from '../../web/ui/qr-path.ts'

describe('a date that an agency will get', () => {
	test.each([
		['25380912', { year: 1995, month: 9, day: 12 }],
		['25380900', { year: 1995, month: 9, day: null }],
		['24910000', { year: 1948, month: null, day: null }],
		['1995-09-12', { year: 1995, month: 9, day: 12 }],
		['1995', { year: 1995, month: null, day: null }],
	])('%s is read', (value, date) => {
		expect(readBirthdate(value)).toEqual(date)
	})
	test.each(['', 'สมหญิง', '12 กันยายน 2538', '2538091', '1995-09'])('%p is shown as it stands', (value) => {
		expect(readBirthdate(value)).toBeNull()
	})
})

test('an instant is told in Thai time, in the era of the language', () => {
	const at = Date.UTC(2026, 10, 24, 20, 5)
	expect(timeWords(at, 'th')).toContain('2569')
	expect(timeWords(at, 'th')).toContain('03:05')
	expect(timeWords(at, 'en')).toContain('25 Nov 2026')
})

describe('what goes wrong with a passkey', () => {
	const named = (name: string) => Object.assign(new Error(name), { name })
	const coded = (code: WebAuthnError['code'], cause = new Error()) => new WebAuthnError({ message: code, code, cause })

	test.each([
		['ERROR_CEREMONY_ABORTED', 'key_interrupted'],
		['ERROR_AUTHENTICATOR_PREVIOUSLY_REGISTERED', 'key_exists_already'],
		['ERROR_AUTHENTICATOR_MISSING_USER_VERIFICATION_SUPPORT', 'key_no_screen_lock'],
		['ERROR_AUTHENTICATOR_MISSING_DISCOVERABLE_CREDENTIAL_SUPPORT', 'key_no_room'],
		['ERROR_AUTHENTICATOR_NO_SUPPORTED_PUBKEYCREDPARAMS_ALG', 'key_no_algorithm'],
		['ERROR_INVALID_DOMAIN', 'key_wrong_address'],
		['ERROR_INVALID_RP_ID', 'key_wrong_address'],
		['ERROR_AUTHENTICATOR_GENERAL_ERROR', 'key_trouble'],
	] as const)('%s is %s', (code, failure) => {
		expect(keyFailureOf(coded(code))).toBe(failure)
	})

	test.each([
		['NotAllowedError', 'key_cancelled'],
		['AbortError', 'key_interrupted'],
		['SecurityError', 'key_wrong_address'],
		['InvalidStateError', 'key_exists_already'],
		['UnknownError', 'key_trouble'],
	] as const)('the browser’s %s is %s, passed through by the library or not', (name, failure) => {
		expect(keyFailureOf(named(name))).toBe(failure)
		expect(keyFailureOf(coded('ERROR_PASSTHROUGH_SEE_CAUSE_PROPERTY', named(name)))).toBe(failure)
	})

	test('what is no error at all is trouble', () => {
		expect(keyFailureOf('no')).toBe('key_trouble')
	})
})

test('what nobody foresaw is told as such, and a failure stays itself', () => {
	const known = new Failure('qr_stale')
	expect(asFailure(known)).toBe(known)
	expect(asFailure(new TypeError('x')).code).toBe('internal')
})

describe('the server’s clock', () => {
	const there = (difference: number) => noteServerDate(new Date(Date.now() + difference).toUTCString())
	beforeEach(() => noteServerDate(new Date().toUTCString()))
	afterEach(() => noteServerDate(new Date().toUTCString()))
	test('is taken over where this device is wrong by more than a few seconds', () => {
		there(3 * 3_600_000)
		expect(Math.abs(serverNow() - Date.now() - 3 * 3_600_000)).toBeLessThan(2_000)
	})
	test('is not taken over for the noise of a header that is cut to the second', () => {
		there(2_000)
		expect(Math.abs(serverNow() - Date.now())).toBeLessThan(100)
	})
	test('is left alone by an answer without a date', () => {
		there(3_600_000)
		noteServerDate(null)
		noteServerDate('soon')
		expect(serverNow() - Date.now()).toBeGreaterThan(3_000_000)
	})
})

test('a QR’s path draws exactly its dark modules', () => {
	const text = 'https://id.example.go.th/q#sin_AAAAAAAAAAAAAAAAAAAAAA.stkw2a.0123456789abcdefABCDEF'
	const { size, path } = qrPath(text)
	const SCALE = 4
	const data = new Uint8ClampedArray(size * size * SCALE * SCALE * 4).fill(255)
	for (const [, x, y, width] of path.matchAll(/M(\d+) (\d+)h(\d+)v1H\d+z/g))
		for (let row = Number(y) * SCALE; row < (Number(y) + 1) * SCALE; row++)
			for (let column = Number(x) * SCALE; column < (Number(x) + Number(width)) * SCALE; column++)
				data.fill(0, (row * size * SCALE + column) * 4, (row * size * SCALE + column) * 4 + 3)
	expect(decodeQr({ width: size * SCALE, height: size * SCALE, data })).toBe(text)
})
