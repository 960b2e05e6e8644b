import { holdsPid } from '../../lib/thai/pid.ts'
import { invalidRequest } from '../errors.ts'
import type { Exchange } from '../exchange.ts'

const MAX_LOGIN_HINT = 256
const MAX_LOCALES = 256
/** OpenID Connect Core §3.1.2.1. Each gets the same page: it fits a phone and a small window. */
const DISPLAYS = ['page', 'popup', 'touch', 'wap']

/**
 * What may make the page fit better: language, window, who is expected. A `login_hint` is opaque to us: a citizen number
 * in it would stand in the history of browsers and in logs, so it is refused, as the relying party should learn early.
 */
export function checkHints(x: Exchange): void {
	const hint = x.params.get('login_hint')
	const display = x.params.get('display')
	for (const name of ['ui_locales', 'claims_locales'])
		if ((x.params.get(name)?.length ?? 0) > MAX_LOCALES) throw invalidRequest(`${name} is too long`)
	if (display !== undefined && !DISPLAYS.includes(display)) throw invalidRequest('display is not supported')
	if (hint === undefined) return
	if (hint.length > MAX_LOGIN_HINT) throw invalidRequest('login_hint is too long')
	if (holdsPid(hint)) throw invalidRequest('login_hint must not hold a citizen number')
	x.authorization.login_hint = hint
}
