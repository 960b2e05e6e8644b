import { type Outbound, OutboundRefused } from '../../lib/outbound.ts'
import { invalidMetadata, invalidRedirectUri } from './error.ts'
import type { Metadata } from './shape.ts'

const LOOPBACK = /^(localhost|127\.0\.0\.1|\[::1\])$/

/**
 * A URI to which browsers are sent. RFC 9700 §2.1, §4.1: compared letter by letter later, so nothing in it may stand for
 * something else. @throws RegistrationError
 */
export function checkBrowserUri(name: string, uri: string, { loopback }: { loopback: boolean }): URL {
	const fail = (why: string) => {
		throw name === 'redirect_uris' ? invalidRedirectUri(`${uri}: ${why}`) : invalidMetadata(`${name}: ${uri}: ${why}`)
	}
	const url = URL.canParse(uri) ? new URL(uri) : fail('not an absolute URI')
	// What a parser mends, another one reads otherwise: `https:/host`, a backslash, a space, a capital letter in the host.
	if (!/^[\x21-\x7e]+$/.test(uri) || uri.includes('\\')) fail('only visible ASCII, percent-encoded elsewhere')
	if (!uri.startsWith(`${url.protocol}//${url.host}`)) fail('scheme and host as they are, in small letters')
	if (url.username !== '') fail('no user in it')
	if (uri.includes('#')) fail('no fragment')
	if (uri.includes('*')) fail('no wildcard')
	if (/(^|\/)(\.|%2e)(\.|%2e)?(\/|$)/i.test(uri.split('?')[0] ?? '')) fail('no dot segments')
	const isLoopback = LOOPBACK.test(url.hostname)
	if (url.protocol !== 'https:' && !(loopback && url.protocol === 'http:' && isLoopback)) fail('https only')
	return url
}

/** A URI that this server asks. Whether it may is the operator's list of hosts; here only what can never be right. */
export function checkServerUri(name: string, uri: string, { loopback }: { loopback: boolean }): URL {
	const url = URL.canParse(uri) ? new URL(uri) : null
	const secure = url?.protocol === 'https:' || (loopback && url?.protocol === 'http:' && LOOPBACK.test(url.hostname))
	if (!url || !secure || url.hash !== '' || uri.includes('#') || url.username !== '' || url.password !== '')
		throw invalidMetadata(`${name}: an https URI without fragment and user`)
	return url
}

/**
 * OpenID Connect Core §8.1: what `sub` is made from. One host for all redirect URIs, or a list that says they belong
 * together. @throws RegistrationError
 */
export async function sectorOf(
	metadata: Metadata,
	redirects: readonly URL[],
	options: { loopback: boolean; outbound: Outbound },
): Promise<string> {
	const { sector_identifier_uri } = metadata
	const hosts = new Set(redirects.map(({ host }) => host))
	if (sector_identifier_uri === undefined) {
		const [only, another] = hosts
		if (only === undefined || another !== undefined)
			throw invalidMetadata('sector_identifier_uri: needed where redirect_uris have several hosts')
		return only
	}
	const url = checkServerUri('sector_identifier_uri', sector_identifier_uri, options)
	const listed = await listAt(options.outbound, sector_identifier_uri)
	const missing = metadata.redirect_uris.find((uri) => !listed.includes(uri))
	if (missing !== undefined) throw invalidMetadata(`sector_identifier_uri: its list lacks ${missing}`)
	return url.host
}

async function listAt(outbound: Outbound, uri: string): Promise<string[]> {
	try {
		const { status, text } = await outbound.get(uri)
		if (status !== 200) throw invalidMetadata(`sector_identifier_uri: HTTP ${status}`)
		const list: unknown = JSON.parse(text)
		if (Array.isArray(list) && list.every((each) => typeof each === 'string')) return list
	} catch (error) {
		if (error instanceof OutboundRefused) throw invalidMetadata(`sector_identifier_uri: ${error.reason}`)
		if (!(error instanceof SyntaxError)) throw error
	}
	throw invalidMetadata('sector_identifier_uri: not a JSON array of URIs')
}
