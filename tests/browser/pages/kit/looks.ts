import type { Page } from 'playwright-core'

/** One look at a page: language, width and colour scheme. */
export interface Look {
	language: 'th' | 'en'
	width: 390 | 1280
	scheme: 'light' | 'dark'
}

export const lookName = ({ language, width, scheme }: Look): string => `${language} ${width} ${scheme}`

const look = (language: Look['language'], width: Look['width'], scheme: Look['scheme']): Look => ({
	language,
	width,
	scheme,
})

/** Every value of each beside every value of the others, in four looks; all eight in the long run. */
export const LOOKS: readonly Look[] = process.env.TEST_LONG
	? (['th', 'en'] as const).flatMap((language) =>
			([390, 1280] as const).flatMap((width) =>
				(['light', 'dark'] as const).map((scheme) => look(language, width, scheme)),
			),
		)
	: [look('th', 390, 'light'), look('th', 1280, 'dark'), look('en', 390, 'dark'), look('en', 1280, 'light')]

/** Changes the look of an open page, as its user would: by the switch, the window and the system's setting. */
export async function wear(page: Page, { language, width, scheme }: Look): Promise<void> {
	await page.emulateMedia({ colorScheme: scheme })
	await page.setViewportSize({ width, height: 844 })
	if ((await page.getAttribute('html', 'lang')) === language) return
	// The switch lies under the dialogue where one is open; its click is what counts here.
	await page.locator('button.language[lang]').evaluate((button: HTMLElement) => button.click())
	await page.waitForFunction((wanted) => document.documentElement.lang === wanted, language)
}
