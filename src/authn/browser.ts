import { readCookie, serialiseCookie } from '../lib/cookies.ts'
import { hashSecret } from '../lib/crypto.ts'
import { newSecret, type Random } from '../lib/random.ts'

/** `__Host-browser`: which browser this is. It is set with every page, before any act, so that an act can be repeated. */
export interface KnownBrowser {
	hash: string
	/** Headers for the answer: the cookie where it is new. */
	headers: [string, string][]
}

export function browserOf(request: Request, random: Random): KnownBrowser {
	const known = readCookie(request, 'browser')
	if (known !== null && /^[\w-]{43}$/.test(known)) return { hash: hashSecret(known), headers: [] }
	const secret = newSecret(random)
	return { hash: hashSecret(secret), headers: [['set-cookie', serialiseCookie('browser', secret)]] }
}
