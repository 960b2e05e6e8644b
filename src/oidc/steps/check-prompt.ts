import { invalidRequest } from '../errors.ts'
import type { Exchange } from '../exchange.ts'

const KNOWN = ['none', 'login', 'consent', 'select_account']
const MAX_PROMPT = 100

/** OpenID Connect Core §3.1.2.1: `none` stands alone; unknown values are refused. */
export function checkPrompt(x: Exchange): void {
	const text = x.params.get('prompt') ?? ''
	if (text.length > MAX_PROMPT) throw invalidRequest('prompt is too long')
	const prompt = text.split(' ').filter(Boolean)
	if (prompt.some((value) => !KNOWN.includes(value))) throw invalidRequest('prompt is not supported')
	if (prompt.includes('none') && prompt.length > 1) throw invalidRequest('prompt=none stands alone')
	x.authorization.prompt = prompt
}
