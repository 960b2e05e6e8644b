import { describe, expect, test } from 'bun:test'
import { parsePid } from '../../../src/lib/thai/pid.ts'
import { households, namedPeople, people } from '../../../src/ports/civil-registry/index.ts'
import { syntheticPid } from '../../../src/ports/civil-registry/numbers.ts'
import { readGeography } from '../../../src/ports/civil-registry/simulator/index.ts'
import { testPeoplePage } from '../../../tools/test-people.ts'

describe('the named people', () => {
	test('have right numbers of their own', () => {
		expect(new Set(namedPeople.map(({ pid }) => pid)).size).toBe(namedPeople.length)
		for (const { pid, running } of namedPeople) {
			expect(parsePid(pid)).toEqual({ pid })
			expect(syntheticPid(pid.charAt(0), running)).toBe(pid)
			expect(running).toBeLessThan(1_000)
		}
	})

	test('keep their numbers: agencies have them in their tests', () => {
		expect(people.somchai.pid as string).toBe('1980000000019')
		expect(people.somying.pid as string).toBe('1980000000027')
		expect(people.natthawut.pid as string).toBe('1980000000108')
		expect(people.duangjai.pid as string).toBe('3980000000376')
	})

	test('live in houses that are there, each with one householder, who lives in it but for one', () => {
		const offices = new Set(readGeography().offices.map(({ code }) => code))
		const subdistricts = new Set(
			readGeography().districts.flatMap((district) => district.subdistricts.map(({ code }) => code)),
		)
		for (const [key, house] of Object.entries(households)) {
			const householder = namedPeople.find((named) => named.key === house.householder)
			expect([key, householder?.household === key || key === 'rented']).toEqual([key, true])
			expect(namedPeople.some(({ household }) => household === key)).toBe(true)
			expect(house.code).toMatch(/^\d{11}$/)
			expect(offices.has(house.code.slice(0, 4))).toBe(true)
			expect(subdistricts.has(house.subdistrictCode)).toBe(true)
		}
		for (const { household } of namedPeople) if (household) expect(households[household]).toBeDefined()
	})

	test('stand on docs/test-people.md as they are (else: bun tools/test-people.ts)', async () => {
		const page = await Bun.file(new URL('../../../docs/test-people.md', import.meta.url)).text()
		expect(page).toBe(await testPeoplePage())
	})
})
