/** An HTTP request that is not sent yet: a good one, to be broken in one place. */
export interface Draft {
	method: string
	/** With the query that does not belong to the protocol's parameters, if any. */
	path: string
	/** The query of a GET, the form of a POST, in order and as often as they come. */
	params: [name: string, value: string][]
	headers: Record<string, string>
	/** Sent instead of the form. */
	body?: string
}

/** One thing done to it. */
export type Break = (draft: Draft) => void

export const paramOf = (draft: Draft, name: string): string | undefined =>
	draft.params.find(([each]) => each === name)?.[1]

/** The parameter's value is another one; it is added where it was not there. */
export const set =
	(name: string, value: string): Break =>
	(draft) => {
		const at = draft.params.findIndex(([each]) => each === name)
		if (at < 0) draft.params.push([name, value])
		else draft.params[at] = [name, value]
	}

export const drop =
	(...names: string[]): Break =>
	(draft) => {
		draft.params = draft.params.filter(([name]) => !names.includes(name))
	}

/** Once more, with the same value or another one. */
export const again =
	(name: string, value?: string): Break =>
	(draft) => {
		draft.params.push([name, value ?? paramOf(draft, name) ?? 'x'])
	}

export const change =
	(name: string, by: (value: string) => string): Break =>
	(draft) =>
		set(name, by(paramOf(draft, name) ?? ''))(draft)

export const header =
	(name: string, value: string | null): Break =>
	(draft) => {
		if (value === null) delete draft.headers[name]
		else draft.headers[name] = value
	}

export const changeHeader =
	(name: string, by: (value: string) => string): Break =>
	(draft) =>
		header(name, by(draft.headers[name] ?? ''))(draft)

export const all =
	(...breaks: Break[]): Break =>
	(draft) => {
		for (const each of breaks) each(draft)
	}

/** @param origin of the server */
export function requestOf(draft: Draft, origin: string): Request {
	const params = new URLSearchParams(draft.params).toString()
	const { method, headers } = draft
	if (method === 'GET' || method === 'HEAD') {
		const joint = draft.path.includes('?') ? '&' : '?'
		return new Request(`${origin}${draft.path}${params ? joint + params : ''}`, { method, headers })
	}
	return new Request(`${origin}${draft.path}`, {
		method,
		headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
		body: draft.body ?? params,
	})
}
