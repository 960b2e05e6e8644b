import type { PublicKeyCredentialRequestOptionsJSON } from '../../../src/authn/index.ts'
import type { Browser } from '../../kit/http-client.ts'
import type { Citizen } from '../../kit/journeys.ts'

export type Options = PublicKeyCredentialRequestOptionsJSON
export type Unlocked =
	| { outcome: 'unlocked' }
	| { outcome: 'pin_wrong'; triesLeft: number; nextTryAt: number | null; options: Options }

export const askToUnlock = async (browser: Browser): Promise<Options> =>
	(await browser.mutate<{ options: Options }>('me.unlockOptions', {})).options

/** What would be sent to `me.unlock`. */
export async function unlocking({ phone, pin }: Pick<Citizen, 'phone' | 'pin'>, options: Options) {
	const response = await phone.get(options)
	return { pin, response, browserKey: await phone.browserKeyProof(response) }
}

/** Passkey and PIN in the citizen's own browser. */
export async function unlock(citizen: Citizen, options?: Options): Promise<Unlocked> {
	const input = await unlocking(citizen, options ?? (await askToUnlock(citizen.browser)))
	return citizen.browser.mutate<Unlocked>('me.unlock', input)
}

export interface Card {
	pid: string
	name: { th: string }
	status: string
	statusReason: string | null
	warnings: { code: string; days?: number }[]
	portrait: string | null
	cardNumber: string
	asOf: number
	ial: string
	tier: string
}

export const cardOf = (browser: Browser) => browser.query<Card>('me.card')
export const standingOf = (browser: Browser) => browser.query<{ known: boolean; unlocked: boolean }>('me.device')
