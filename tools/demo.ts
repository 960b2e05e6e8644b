import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { type RunningProvider, startProvider } from './provider.ts'
import { openStage, type Stage } from './stage.ts'
import { citizen, type Telling, tellStory } from './story.ts'

/**
 * `bun run demo`: the whole story by itself, in two windows. Where there is no display it runs all the same and leaves
 * its pictures in a folder.
 *
 *     --by-hand   opens the two windows with their playing authenticators, and leaves the rest to you
 *     --english   in English
 */
const arguments_ = new Set(process.argv.slice(2))
const byHand = arguments_.has('--by-hand')
const language = arguments_.has('--english') ? 'en' : 'th'
const headed =
	Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY) || ['darwin', 'win32'].includes(process.platform)

const say = (line: string): void => console.log(`\n  ${line}`)

/** Slow enough to be followed where somebody watches; else as fast as the pages are. */
function telling(pictures: string | null): Telling {
	let count = 0
	return {
		async say(line) {
			say(line)
			if (headed) await Bun.sleep(2_500)
		},
		async look(name, page) {
			if (headed) await Bun.sleep(2_500)
			if (!pictures) return
			count++
			await page.screenshot({ path: join(pictures, `${String(count).padStart(2, '0')}-${name}.png`) })
		},
		async breathe() {
			if (headed) await Bun.sleep(700)
		},
	}
}

async function play(stage: Stage, provider: RunningProvider): Promise<void> {
	const pictures = headed ? null : join(import.meta.dir, '../dist/demo')
	if (pictures) {
		await mkdir(pictures, { recursive: true })
		say(`No display here: the story runs unseen, its pictures go to ${pictures}`)
	}
	await tellStory(stage, provider, telling(pictures))
	say('The end.')
	if (headed) await Bun.sleep(8_000)
}

async function leaveToYou(stage: Stage, provider: RunningProvider): Promise<void> {
	if (!headed) throw new Error('--by-hand needs a display')
	await stage.desktop.goto(provider.officerLink)
	await stage.phone.goto(provider.url)
	say('The windows are yours. Left: the officer’s and the citizen’s computer. Right: the citizen’s phone.')
	say(`A citizen to enrol: ${citizen.pid}. The phone has no camera: copy the link below the QR into its address bar.`)
	say(`The agency: ${provider.agencyUrl}. Close the desktop’s window to end.`)
	await stage.desktop.waitForEvent('close', { timeout: 0 })
}

const provider = await startProvider()
// A story that is stopped leaves nothing running.
for (const signal of ['SIGINT', 'SIGTERM'] as const)
	process.once(signal, () => void provider.stop().finally(() => process.exit(130)))
try {
	say(`${provider.url} is up, with a synthetic country behind it.`)
	const stage = await openStage({ headed, language })
	try {
		await (byHand ? leaveToYou : play)(stage, provider)
	} finally {
		await stage.close()
	}
} finally {
	await provider.stop()
}
