import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createClient } from '@libsql/client'
import { people } from '../../../src/ports/civil-registry/index.ts'
import { openSimulator } from '../../../src/ports/civil-registry/simulator/index.ts'

let folder = ''
let file = ''
beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), 'registry-'))
	file = join(folder, 'civil-registry.db')
})
afterEach(() => rmSync(folder, { recursive: true }))

const { pid } = people.somchai

describe('a country in a file', () => {
	test('is made once, with what was done to it, and does not come from a half-made one', async () => {
		writeFileSync(`${file}.unfinished`, 'what a crash left behind')
		const told: number[] = []
		const made = await openSimulator({ file, population: 300, onProgress: (done) => told.push(done) })
		expect(told.at(-1)).toBe(300)
		await made.edit(pid, { act: 'loseCard' })
		made.close()
		expect(existsSync(`${file}.unfinished`)).toBe(false)
		const opened = await openSimulator({ file, onProgress: () => told.push(-1) })
		expect((await opened.findPerson(pid, 'sign-in'))?.card?.status).toBe('lost')
		expect(told).not.toContain(-1)
		opened.close()
	})

	test('is not taken for another one', async () => {
		;(await openSimulator({ file, population: 300, seed: 5 })).close()
		await expect(openSimulator({ file, population: 400 })).rejects.toThrow('300 people of seed 5')
		await expect(openSimulator({ file, seed: 1 })).rejects.toThrow('300 people of seed 5')
		;(await openSimulator({ file, population: 300, seed: 5 })).close()
	})

	test('of an older edition is made anew', async () => {
		;(await openSimulator({ file, population: 300 })).close()
		const client = createClient({ url: `file:${file}` })
		await client.executeMultiple(`UPDATE country SET edition = '0'; UPDATE persons SET given_th = 'เก่า'`)
		client.close()
		const simulator = await openSimulator({ file, population: 200 })
		expect((await simulator.findPerson(pid, 'sign-in'))?.person.givenName.th).toBe('สมชาย')
		simulator.close()
	})

	test('needs a place and enough people', async () => {
		await expect(openSimulator({})).rejects.toThrow('file or a database')
		await expect(openSimulator({ file, population: 3 })).rejects.toThrow('at least')
		expect(existsSync(file)).toBe(false)
	})

	test('says nothing of its people when it cannot be made', async () => {
		const error = await openSimulator({ file: join(folder, 'missing', 'x.db') }).catch((reason: unknown) => reason)
		expect(error).toBeInstanceOf(Error)
		expect(Bun.inspect(error)).not.toContain('1980000000019')
	})
})
