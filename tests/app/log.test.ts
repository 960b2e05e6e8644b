import { describe, expect, test } from 'bun:test'
import { array, assert, constantFrom, property, string, tuple } from 'fast-check'
import { createLog } from '../../src/lib/log.ts'
import { pidCheckDigit } from '../../src/lib/thai/pid.ts'
import { people } from '../../src/ports/civil-registry/index.ts'
import { openWorld } from '../kit/world.ts'

const { pid } = people.somchai

function logged(event: string, fields: Record<string, string | number>): string {
	let text = ''
	createLog(
		(line) => {
			text += line
		},
		() => Date.UTC(2026, 0, 15),
	)(event, fields)
	return text
}

const thai = (digits: string) => digits.replace(/\d/g, (digit) => String.fromCharCode(0x0e50 + Number(digit)))

describe('a line of the log', () => {
	test('is one JSON object', () => {
		const line = logged('protocol_error', { endpoint: 'token', error: 'invalid_grant', n: 3 })
		expect(JSON.parse(line)).toEqual({
			at: '2026-01-15T00:00:00.000Z',
			event: 'protocol_error',
			endpoint: 'token',
			error: 'invalid_grant',
			n: 3,
		})
	})

	test('stays one line, whatever is in it', () => {
		expect(logged('x', { a: 'b\nc\r\n{"event":"forged"}\u2028' })).not.toMatch(/[\n\r]/)
	})

	test.each([
		['plain', pid],
		['as on a card', '1-9800-00000-01-9'],
		['with spaces', '1 9800 00000 01 9'],
		['with dots', '1.9800.00000.01.9'],
		['in a sentence', `no card for ${pid}!`],
		['in a longer number', `77${pid}3`],
		['in Thai digits', thai(pid)],
		['percent-encoded', `pid%3D${pid}%26`],
		['as a number', Number(pid)],
	])('withholds a citizen number: %s', (_, value) => {
		expect(JSON.parse(logged('x', { value, other: 'stays' }))).toMatchObject({ value: '[withheld]', other: 'stays' })
	})

	test('withholds one however it is wrapped', () => {
		const digits = string({ unit: constantFrom(...'0123456789'), minLength: 12, maxLength: 12 })
		const separators = array(constantFrom('', '', '', '-', ' ', '.'), { minLength: 13, maxLength: 13 })
		const around = tuple(string(), string())
		assert(
			property(digits, separators, around, (first, between, [before, after]) => {
				const number = first + pidCheckDigit(first)
				const written = [...number].map((digit, i) => digit + between[i]).join('')
				expect(logged('x', { value: `${before}${written}${after}` })).toContain('[withheld]')
			}),
		)
	})

	test.each([
		['twelve digits', '198000000001'],
		['a wrong check digit', '1980000000018'],
		['an id', 'si_AbCdEfGhIjKlMnOpQrStUv'],
		['a status', 404],
	])('lets through what is none: %s', (_, value) => {
		expect(JSON.parse(logged('x', { value }))).toMatchObject({ value })
	})
})

describe('what the app logs', () => {
	test('of a bug is its kind and place, and nothing that was sent', async () => {
		const world = await openWorld()
		world.close()
		const secret = 'a-secret-of-somebody'
		for (const request of [
			new Request(`${world.issuer}/oauth/authorize?client_id=${pid}&state=${secret}`),
			new Request(`${world.issuer}/oauth/userinfo`, { headers: { authorization: `Bearer ${secret}` } }),
			new Request(`${world.issuer}/sign-in/si_AbCdEfGhIjKlMnOpQrStUv/poll`),
			new Request(`${world.issuer}/trpc/me.card?input={}`, {
				headers: { 'x-dopa': '1', cookie: `__Host-session=${secret}` },
			}),
		])
			expect((await world.app.fetch(request)).status).toBe(500)
		const lines = world.logged.filter(({ event }) => event === 'error')
		expect(lines).toHaveLength(4)
		for (const { fields } of lines) expect(Object.keys(fields).sort()).toEqual(['at', 'kind', 'path'])
		const text = JSON.stringify(lines)
		for (const hidden of [pid, secret, 'si_AbCdEf', 'select']) expect(text).not.toContain(hidden)
	})

	test('of a protocol error is its code, and nothing that was sent', async () => {
		const world = await openWorld()
		const params = { client_id: `nobody-${pid}`, redirect_uri: 'https://evil.example/', state: 'a-secret' }
		await world.app.fetch(new Request(`${world.issuer}/oauth/authorize?${new URLSearchParams(params)}`))
		expect(world.logged).toEqual([
			{ event: 'protocol_error', fields: { endpoint: 'authorize', error: 'invalid_client' } },
		])
		world.close()
	})
})
