/**
 * Documents that are the same for everybody and asked for all the time, such as the keys: answered from memory, without
 * the router and its middleware, with the very headers that those gave. What depends on more of a request than its path
 * must not stand here.
 */
type Fetch = (request: Request) => Response | Promise<Response>

interface Kept {
	version: unknown
	body: ArrayBuffer
	headers: Headers
}

/**
 * @param fetch the whole application
 * @param versions by path: something that changes, by identity, when the document does
 * @returns the application, which answers a plain GET of those paths from memory
 */
export function keepDocuments(fetch: Fetch, versions: Readonly<Record<string, () => unknown>>): Fetch {
	const kept = new Map<string, Kept>()

	async function answer(request: Request, path: string, versionOf: () => unknown): Promise<Response> {
		let version: unknown
		try {
			version = await versionOf()
		} catch {
			// The application knows how to say that.
			return fetch(request)
		}
		const known = kept.get(path)
		if (known && known.version === version) return new Response(known.body, { headers: known.headers })
		const response = await fetch(request)
		if (response.status !== 200) return response
		const { headers } = response
		const body = await response.arrayBuffer()
		kept.set(path, { version, body, headers })
		return new Response(body, { headers })
	}

	return (request) => {
		if (request.method !== 'GET') return fetch(request)
		const path = pathOf(request.url)
		const versionOf = Object.hasOwn(versions, path) ? versions[path] : undefined
		return versionOf ? answer(request, path, versionOf) : fetch(request)
	}
}

/** With its query, where there is one: then it is no plain request for a document. */
const pathOf = (url: string): string => url.slice(url.indexOf('/', 'https://'.length))
