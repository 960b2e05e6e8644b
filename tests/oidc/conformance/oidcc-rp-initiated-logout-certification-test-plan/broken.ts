import { AT, paramsOf, placeOf, withParams } from '../kit/broken.ts'
import type { Variant } from '../kit/variant.ts'

/** Servers whose end_session endpoint is broken in one place. */
export const END = '/oauth/end_session'

/** Changes the address to which a browser goes that has signed out. */
export function redirects(what: string, change: (url: URL) => void): Variant {
	return {
		what,
		intermediary: () => async (request, next) => {
			const response = await next(request)
			const location = response.headers.get('location')
			if (!placeOf(request).startsWith(END) || !location?.includes('/post_logout_redirect')) return response
			const url = new URL(location)
			change(url)
			const headers = new Headers(response.headers)
			headers.set('location', url.href)
			return new Response(null, { status: response.status, headers })
		},
	}
}

export function openRedirector(what: string, when: (uri: string) => boolean): Variant {
	return {
		what,
		intermediary: () => async (request, next) => {
			const location = new URL(request.url).searchParams.get('post_logout_redirect_uri') ?? ''
			if (placeOf(request) !== END || !when(location)) return next(request)
			return new Response(null, { status: 303, headers: { location } })
		},
	}
}

/** Believes a hint that it should not: the last good id_token is put in its place. */
export function trusting(
	what: string,
	when: (hint: string | null, good: string, params: URLSearchParams) => boolean,
): Variant {
	return {
		what,
		intermediary() {
			let good = ''
			return async (request, next) => {
				if (placeOf(request) === AT.token) {
					const response = await next(request)
					if (response.status === 200)
						good = String(((await response.clone().json()) as { id_token?: string }).id_token)
					return response
				}
				if (placeOf(request) !== END) return next(request)
				const params = await paramsOf(request)
				if (when(params.get('id_token_hint'), good, params)) params.set('id_token_hint', good)
				return next(withParams(request, params))
			}
		},
	}
}

export function refuses(what: string, when: (params: URLSearchParams) => boolean): Variant {
	return {
		what,
		intermediary: () => async (request, next) =>
			placeOf(request) === END && when(new URL(request.url).searchParams)
				? new Response('<!doctype html><title>invalid_request</title>', {
						status: 400,
						headers: { 'content-type': 'text/html' },
					})
				: next(request),
	}
}
