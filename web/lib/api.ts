import type { TRPCClient } from '@trpc/client'
import type { AppRouter } from './api-types.ts'
import { Failure, type FailureCode, type FailureDetail } from './failure.ts'
import { noteServerDate } from './server-clock.ts'

/**
 * The server's procedures: `api.signIn.page.query({ id })`, `api.signIn.decide.mutate({ … })`.
 *
 * The types are tRPC's; the few lines that run are ours, because this is the plain HTTP form of tRPC and its own client
 * would be a fifth of all script that the sign-in page loads. Every mutation carries an idempotency key, and keeps it when the
 * connection breaks and it is sent again: the server then answers what it did, and does not do it twice.
 *
 * @throws Failure with the server's code, or `network`, or `internal`
 */
export const api = procedures([]) as TRPCClient<AppRouter>

const RETRIES = 2
const RETRY_AFTER = 700

function procedures(path: readonly string[]): unknown {
	return new Proxy(() => undefined, {
		get: (_target, name) => (typeof name === 'string' && name !== 'then' ? procedures([...path, name]) : undefined),
		apply: (_target, _self, [input]: [unknown]) => call(path.slice(0, -1).join('.'), path.at(-1) === 'query', input),
	})
}

async function call(path: string, isQuery: boolean, input: unknown): Promise<unknown> {
	const body = JSON.stringify(input ?? {})
	const url = isQuery ? `/trpc/${path}?input=${encodeURIComponent(body)}` : `/trpc/${path}`
	const headers: Record<string, string> = { 'x-dopa': '1' }
	if (!isQuery) {
		headers['content-type'] = 'application/json'
		headers['idempotency-key'] = crypto.randomUUID()
	}
	const request: RequestInit = isQuery ? { headers } : { method: 'POST', headers, body }
	return readAnswer(await sendPersistently(url, request))
}

/** Sends again, with the same key, where no answer came. An answer that is a refusal is an answer. */
async function sendPersistently(url: string, request: RequestInit): Promise<Response> {
	for (let attempt = 0; ; attempt++) {
		try {
			return await fetch(url, { ...request, credentials: 'same-origin', cache: 'no-store' })
		} catch (cause) {
			if (attempt === RETRIES) throw new Failure('network', {}, { cause })
			await new Promise((resolve) => setTimeout(resolve, RETRY_AFTER * (attempt + 1)))
		}
	}
}

interface Answer {
	result?: { data: unknown }
	error?: { data?: { serviceCode?: FailureCode; detail?: FailureDetail } }
}

async function readAnswer(response: Response): Promise<unknown> {
	noteServerDate(response.headers.get('date'))
	let answer: Answer
	try {
		answer = (await response.json()) as Answer
	} catch (cause) {
		// A page of HTML in the place of an answer: something between us and the server, or the server itself, is down.
		throw new Failure(response.ok ? 'internal' : 'network', {}, { cause })
	}
	if (answer.result) return answer.result.data
	throw new Failure(answer.error?.data?.serviceCode ?? 'internal', answer.error?.data?.detail)
}
