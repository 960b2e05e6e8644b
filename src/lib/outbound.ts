import { SECOND } from './clock.ts'
import { isLoopbackAddress, isPublicAddress } from './network-address.ts'

/**
 * Requests to addresses that a relying party has registered: its keys, its logout receiver, its sector. Whoever may name
 * an address would make a server ask its own neighbours (SSRF), so: only hosts that the operator lists, https, no
 * redirect, no address that is not public, little time, little text.
 */
export interface Outbound {
	/** @throws OutboundRefused before anything is sent, or where the answer cannot be had */
	get(url: string): Promise<OutboundAnswer>
	/** The same with a form in the body. */
	post(url: string, form: URLSearchParams): Promise<OutboundAnswer>
}

export interface OutboundAnswer {
	status: number
	/** Without parameters, in small letters; empty where none was told. */
	contentType: string
	text: string
}

export type OutboundReason =
	| 'url'
	| 'host_not_listed'
	| 'address_not_public'
	| 'unreachable'
	| 'timeout'
	| 'redirect'
	| 'too_long'
	| 'not_text'

/** `reason` is for the log and for the relying party that looks after its own address. It holds nothing of the URL. */
export class OutboundRefused extends Error {
	override readonly name = 'OutboundRefused'
	constructor(readonly reason: OutboundReason) {
		super(reason)
	}
}

export interface OutboundOptions {
	/** `rp.example`, `rp.example:8443`, `*.go.th`, or an address such as `127.0.0.1:9000` that need not be public then. */
	allowedHosts: readonly string[]
	/** All addresses of a name. Null where the platform itself keeps private networks away (Workers). */
	resolve: ((host: string) => Promise<string[]>) | null
	/** @param address the one that was checked, to which the connection has to go; null: wherever the name leads */
	send(request: Request, address: string | null): Promise<Response>
	/** ms, for everything together. */
	timeout?: number
	/** Bytes of an answer. */
	maxLength?: number
}

const TIMEOUT = 3 * SECOND
const MAX_LENGTH = 64 * 1_024

export function createOutbound(options: OutboundOptions): Outbound {
	const { timeout = TIMEOUT } = options
	const ask = async (url: string, init: RequestInit): Promise<OutboundAnswer> => {
		const target = checkUrl(url, options.allowedHosts)
		const signal = AbortSignal.timeout(timeout)
		try {
			return await withinTime(signal, exchange(options, target, { ...init, signal }))
		} catch (error) {
			if (error instanceof OutboundRefused) throw error
			throw new OutboundRefused(signal.aborted ? 'timeout' : 'unreachable')
		}
	}
	return {
		get: (url) => ask(url, { method: 'GET', headers: { accept: 'application/json, */*;q=0.1' } }),
		post: (url, form) =>
			ask(url, {
				method: 'POST',
				headers: { 'content-type': 'application/x-www-form-urlencoded' },
				body: form.toString(),
			}),
	}
}

/** Where no host is listed: nothing is ever asked. */
export const noOutbound: Outbound = createOutbound({
	allowedHosts: [],
	resolve: null,
	send: () => Promise.reject(new OutboundRefused('host_not_listed')),
})

/** A resolver knows no signal, and a sender may forget it. */
function withinTime<T>(signal: AbortSignal, act: Promise<T>): Promise<T> {
	return new Promise<T>((resolve, reject) => {
		signal.addEventListener('abort', () => reject(new OutboundRefused('timeout')), { once: true })
		act.then(resolve, reject)
	})
}

async function exchange(options: OutboundOptions, url: URL, init: RequestInit): Promise<OutboundAnswer> {
	const address = await checkedAddress(options, url)
	const response = await options.send(new Request(url, { ...init, redirect: 'manual' }), address)
	if (response.type === 'opaqueredirect' || (response.status >= 300 && response.status < 400)) {
		await response.body?.cancel()
		throw new OutboundRefused('redirect')
	}
	return {
		status: response.status,
		contentType: (response.headers.get('content-type') ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '',
		text: await readText(response, options.maxLength ?? MAX_LENGTH),
	}
}

/** @throws OutboundRefused url, host_not_listed */
function checkUrl(text: string, allowed: readonly string[]): URL {
	if (!URL.canParse(text)) throw new OutboundRefused('url')
	const url = new URL(text)
	const loopback = url.hostname === 'localhost' || isLoopbackAddress(url.hostname)
	if (url.protocol !== 'https:' && !(url.protocol === 'http:' && loopback)) throw new OutboundRefused('url')
	if (url.username !== '' || url.password !== '' || url.hash !== '') throw new OutboundRefused('url')
	if (!allowed.some((pattern) => matches(pattern.toLowerCase(), url))) throw new OutboundRefused('host_not_listed')
	return url
}

/** A pattern without a port means the scheme's own. `*.go.th` is every name below it, and no address. */
function matches(pattern: string, url: URL): boolean {
	if (!pattern.startsWith('*.')) return pattern === url.host
	return url.host.endsWith(pattern.slice(1)) && url.host.length > pattern.length - 1
}

/** The address to connect to. All of a name's addresses have to be public: one of them would do for an attack. */
async function checkedAddress({ resolve, allowedHosts }: OutboundOptions, url: URL): Promise<string | null> {
	const host = url.hostname.replace(/^\[|\]$/g, '')
	// An address, or this machine, is here because the operator lists exactly it.
	if (isLiteral(host) || host === 'localhost') return null
	if (resolve === null) return null
	const addresses = await resolve(host)
	const [first] = addresses
	if (first === undefined) throw new OutboundRefused('unreachable')
	const listed = (address: string) => allowedHosts.includes(address) || allowedHosts.includes(`[${address}]`)
	if (!addresses.every((address) => isPublicAddress(address) || listed(address)))
		throw new OutboundRefused('address_not_public')
	return first
}

const isLiteral = (host: string): boolean => host.includes(':') || /^[\d.]+$/.test(host)

/** As UTF-8, and no further than the limit, whatever the headers say. */
async function readText(response: Response, limit: number): Promise<string> {
	const decoder = new TextDecoder('utf-8', { fatal: true })
	let length = 0
	let text = ''
	const reader = response.body?.getReader()
	while (reader) {
		const { done, value } = await reader.read()
		if (done) break
		length += value.byteLength
		if (length > limit) {
			await reader.cancel()
			throw new OutboundRefused('too_long')
		}
		text += decode(decoder, value)
	}
	return text + decode(decoder)
}

function decode(decoder: TextDecoder, bytes?: Uint8Array): string {
	try {
		return bytes ? decoder.decode(bytes, { stream: true }) : decoder.decode()
	} catch {
		throw new OutboundRefused('not_text')
	}
}
