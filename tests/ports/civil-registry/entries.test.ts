import { describe, expect, test } from 'bun:test'
import { join } from 'node:path'

const room = join(import.meta.dir, '../../../src/ports/civil-registry')

async function bundle(entry: string): Promise<string> {
	const built = await Bun.build({
		entrypoints: [join(room, entry)],
		target: 'browser',
		conditions: ['workerd', 'worker'],
		external: ['@libsql/client', 'drizzle-orm', 'drizzle-orm/*', 'node:*'],
	})
	return (await built.outputs[0]?.text()) ?? ''
}

describe('the two entries of the room', () => {
	const DATABASE = /@libsql\/client|drizzle-orm/
	/** A district that nobody's address names: where it stands, the whole geography does. */
	const GEOGRAPHY = 'Sanam Chai Khet'

	test('who only talks to the Linkage Center carries neither database nor geography', async () => {
		const text = await bundle('index.ts')
		expect(text).toContain('createLinkageAdapter')
		expect(text).not.toMatch(DATABASE)
		expect(text).not.toContain(GEOGRAPHY)
	})

	test('the simulator brings both', async () => {
		const text = await bundle('simulator/index.ts')
		expect(text).toMatch(DATABASE)
		expect(text).toContain(GEOGRAPHY)
	})
})
