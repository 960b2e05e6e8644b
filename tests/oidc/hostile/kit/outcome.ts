import { isBreak, type Row } from '../rules/rule.ts'
import { BASES, send } from './bases.ts'
import type { Server } from './server.ts'

/** Sends it. @returns `accepted`, or where the error is and which: `page invalid_request`, `401 invalid_client` */
export async function outcomeAt(
	server: Server,
	{ endpoint, profile, how }: Pick<Row, 'endpoint' | 'profile' | 'how'>,
): Promise<string> {
	const cast = server.casts[profile]
	const base = await BASES[endpoint](server, cast)
	const done = isBreak(how) ? how : await how(server, cast)
	const draft = await base.make()
	done(draft)
	const response = await send(server, draft)
	const location = response.headers.get('location')
	if (location !== null) {
		const { search, hash } = new URL(location, server.issuer)
		const error = new URLSearchParams(`${search}&${hash.slice(1)}`).get('error')
		return error === null ? 'accepted' : `redirect ${error}`
	}
	const text = await response.text()
	const page = /data-error="(\w+)"/.exec(text)?.[1]
	if (page) return `page ${page}`
	if (response.ok) return 'accepted'
	const error = /"error":"(\w+)"/.exec(text)?.[1]
	return error ? `${response.status} ${error}` : String(response.status)
}
