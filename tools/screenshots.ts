import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { startProvider } from './provider.ts'
import { openStage } from './stage.ts'
import { tellStory } from './story.ts'

/**
 * `bun run screenshots`: plays the story in Thai and in English and writes its pictures to docs/pictures.
 *
 * Our pages bring their typeface; the sample agency, like many an agency, takes the machine's. On a bare Debian install
 * `fonts-thai-tlwg` first, or its Thai is empty boxes.
 */
const SHOWN = new Set([
	'office-case',
	'office-link',
	'enrol-pin',
	'sign-in-qr',
	'sign-in-number',
	'sign-in-consent',
	'sign-in-pin',
	'agency-received',
	'card',
	'inbox',
])

const folder = join(import.meta.dir, '../docs/pictures')

for (const language of ['th', 'en'] as const) {
	const pictures = join(folder, language)
	await mkdir(pictures, { recursive: true })
	const provider = await startProvider()
	const stage = await openStage({ headed: false, language })
	try {
		await tellStory(stage, provider, {
			say: (line) => console.log(line),
			async look(name, page) {
				if (!SHOWN.has(name)) return
				await page.evaluate(() => document.fonts.ready)
				await page.screenshot({ path: join(pictures, `${name}.png`) })
			},
			breathe: () => {},
		})
	} finally {
		await stage.close()
		await provider.stop()
	}
}
