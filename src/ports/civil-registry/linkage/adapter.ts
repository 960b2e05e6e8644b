import type { CivilRegistry } from '../port.ts'
import { RegistryUnavailable } from '../port.ts'
import { registryOver } from '../transport.ts'

export interface LinkageOptions {
	/** `https://…`; plain HTTP only to this machine itself. */
	baseUrl: string
	/** The service token that the Linkage Center gave to this system. */
	token: string
	/** How long one answer may take, in milliseconds. */
	timeoutMs: number
	/** Default: the runtime's own. */
	fetch?: (request: Request) => Promise<Response>
}

/** Well above the largest portrait. */
const MAX_ANSWER = 2_000_000

/**
 * The registry over HTTP: `POST {baseUrl}/v1/{operation}` with a JSON body, so that no number stands in a URL, where
 * proxies would log it. Redirects are not followed: a question goes to the host that was configured, or nowhere.
 * @throws Error at once where `baseUrl` would send numbers and token in clear.
 */
export function createLinkageAdapter(options: LinkageOptions): CivilRegistry {
	const base = safeBase(options.baseUrl)
	const send = options.fetch ?? ((request: Request) => fetch(request))
	return registryOver(
		{
			async ask(operation, question, signal) {
				const response = await send(
					new Request(`${base}/v1/${operation}`, {
						method: 'POST',
						headers: { 'content-type': 'application/json', authorization: `Bearer ${options.token}` },
						body: JSON.stringify(question),
						redirect: 'manual',
						signal,
					}),
				)
				if (response.status !== 200) {
					await response.body?.cancel()
					throw new RegistryUnavailable('down')
				}
				return readJson(response)
			},
		},
		{ timeoutMs: options.timeoutMs },
	)
}

function safeBase(baseUrl: string): string {
	const url = new URL(baseUrl)
	const loopback = url.hostname === '127.0.0.1' || url.hostname === 'localhost' || url.hostname === '[::1]'
	if (url.protocol !== 'https:' && !(url.protocol === 'http:' && loopback))
		throw new Error('the Linkage Center must be reached over https')
	if (url.username || url.password || url.search || url.hash)
		throw new Error('the address of the Linkage Center holds more than host and path')
	return `${url.origin}${url.pathname.replace(/\/+$/, '')}`
}

/** Reads no more than a sane answer's length, whatever the headers say. */
async function readJson(response: Response): Promise<unknown> {
	const decoder = new TextDecoder()
	let length = 0
	let text = ''
	for await (const chunk of response.body ?? []) {
		length += chunk.byteLength
		if (length > MAX_ANSWER) throw new RegistryUnavailable('malformed')
		text += decoder.decode(chunk, { stream: true })
	}
	try {
		return JSON.parse(text + decoder.decode()) as unknown
	} catch {
		throw new RegistryUnavailable('malformed')
	}
}
