import { lookup } from 'node:dns/promises'
import type { OutboundOptions } from './outbound.ts'

/**
 * Bun's half of `outbound.ts`: names are resolved here, and the connection goes to the very address that was checked.
 * A second look-up by `fetch` could bring another one (DNS rebinding).
 * @param ca certificates, PEM, of an authority that the system does not know
 */
export function bunConnection({ ca }: { ca?: string } = {}): Pick<OutboundOptions, 'resolve' | 'send'> {
	return {
		resolve: async (host) => (await lookup(host, { all: true })).map(({ address }) => address),
		send: async (request, address) => {
			const url = new URL(request.url)
			const { host, hostname } = url
			if (address !== null) url.hostname = address.includes(':') ? `[${address}]` : address
			const headers = new Headers(request.headers)
			headers.set('host', host)
			return fetch(url, {
				method: request.method,
				headers,
				body: request.method === 'GET' ? null : await request.text(),
				redirect: 'manual',
				signal: request.signal,
				// The name, not the address, is what the certificate has to be for.
				tls: { serverName: hostname, ...(ca === undefined ? {} : { ca }) },
			})
		},
	}
}
