import { read } from './flows.ts'
import type { Metadata, Run } from './run.ts'

/** What several plans check of the server's metadata (OpenID Connect Discovery §3, RFC 8414 §2). */
export const FETCHED = [
	'EnsureDiscoveryEndpointResponseStatusCodeIs200',
	'CheckDiscoveryEndpointReturnedJsonContentType',
	'CheckDiscEndpointAllEndpointsAreHttps',
] as const

/** The document, with the checks of FETCHED. */
export async function fetched(op: Run): Promise<Metadata> {
	const { status, json, headers, body } = await read(await op.send(urlOf(op)))
	op.check('EnsureDiscoveryEndpointResponseStatusCodeIs200', status === 200, status)
	op.check('CheckDiscoveryEndpointReturnedJsonContentType', json, headers.get('content-type'))
	const endpoints = Object.entries(body).filter(([name]) => /_endpoint$|_uri$/.test(name))
	const plain = endpoints.filter(([, url]) => !isHttps(url)).map(([name]) => name)
	op.check('CheckDiscEndpointAllEndpointsAreHttps', endpoints.length >= 4 && plain.length === 0, plain)
	return body as Metadata
}

export const urlOf = (op: Run): string => `${op.book.issuer}/.well-known/openid-configuration`

export const isHttps = (url: unknown): boolean =>
	typeof url === 'string' && URL.canParse(url) && new URL(url).protocol === 'https:'

/** Whether a member is an array of text with all of these in it. */
export const lists = (member: unknown, ...values: string[]): boolean =>
	Array.isArray(member) &&
	member.every((each) => typeof each === 'string') &&
	values.every((value) => member.includes(value))
