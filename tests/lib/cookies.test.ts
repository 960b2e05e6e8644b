import { describe, expect, test } from 'bun:test'
import { clearCookie, cookieName, readCookie, serialiseCookie, setCookie } from '../../src/lib/cookies.ts'

const request = (cookie: string) => new Request('http://localhost/', { headers: { cookie } })

describe('cookies', () => {
	test.each([
		['browser', '__Host-browser', 'Lax', 34_560_000],
		['device', '__Host-device', 'Lax', 34_560_000],
		['session', '__Host-session', 'Lax', 43_200],
		['officer', '__Host-officer', 'Strict', 43_200],
	] as const)('%s is %s, SameSite=%s', (cookie, name, sameSite, maxAge) => {
		expect(cookieName(cookie)).toBe(name)
		expect(serialiseCookie(cookie, 'a.b-c_1')).toBe(
			`${name}=a.b-c_1; Path=/; Max-Age=${maxAge}; Secure; HttpOnly; SameSite=${sameSite}`,
		)
	})

	test('a value that would need quoting is a bug', () => {
		for (const value of ['a;b', 'a b', 'ก', '', 'a\r\nset-cookie: x=y'])
			expect(() => serialiseCookie('device', value)).toThrow()
	})

	test('are read by their whole name', () => {
		expect(readCookie(request('a=1; __Host-device=x.y; __Host-session=z'), 'device')).toBe('x.y')
		expect(readCookie(request('x__Host-device=no; __Host-device2=no; device=no'), 'device')).toBeNull()
		expect(readCookie(request('__Host-device='), 'device')).toBeNull()
		expect(readCookie(new Request('http://localhost/'), 'device')).toBeNull()
	})

	test('are added to an answer one by one, and cleared with the same attributes', () => {
		const headers = new Headers()
		setCookie(headers, 'officer', 'x')
		setCookie(headers, 'device', 'y')
		clearCookie(headers, 'officer')
		expect(headers.getSetCookie()).toHaveLength(3)
		expect(headers.getSetCookie()[2]).toBe('__Host-officer=; Path=/; Max-Age=0; Secure; HttpOnly; SameSite=Strict')
	})
})
