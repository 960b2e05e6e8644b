import { AT, at, jsonAs, refusing, withParams } from '../kit/broken.ts'
import { userinfo as asked, signIn } from '../kit/flows.ts'
import { type Module, SIGNED_IN, USERINFO } from '../kit/module.ts'
import type { Run } from '../kit/run.ts'

const conditions = [...SIGNED_IN, USERINFO, 'EnsureUserInfoContentTypeJson'] as const

/** OpenID Connect Core §5.3.1: the three ways to bring an access token. */
async function ask(op: Run, init: (token: string) => RequestInit): Promise<void> {
	const done = await signIn(op, await op.client())
	const { json, headers } = await asked(op, done, init(done.tokens.access_token))
	op.check('EnsureUserInfoContentTypeJson', json, headers.get('content-type'))
}

const bearer = (token: string) => ({ authorization: `Bearer ${token}` })

const get: Module = {
	name: 'oidcc-userinfo-get',
	conditions,
	run: (op) => ask(op, (token) => ({ headers: bearer(token) })),
	broken: at(AT.userinfo, 'names the charset before the type where userinfo is got', async (request, params, next) => {
		const response = await next(withParams(request, params))
		if (request.method !== 'GET' || response.status !== 200) return response
		const headers = new Headers(response.headers)
		headers.set('content-type', 'charset=utf-8; application/json')
		return jsonAs(new Response(null, { headers }), (await response.json()) as object)
	}),
}

const postHeader: Module = {
	name: 'oidcc-userinfo-post-header',
	conditions,
	run: (op) => ask(op, (token) => ({ method: 'POST', headers: bearer(token) })),
	broken: refusing(
		AT.userinfo,
		'serves no POST of userinfo that brings its token in the header',
		(_, { method, headers }) => method === 'POST' && headers.has('authorization'),
		'invalid_request',
		405,
	),
}

const postBody: Module = {
	name: 'oidcc-userinfo-post-body',
	conditions,
	run: (op) => ask(op, (token) => ({ method: 'POST', body: new URLSearchParams({ access_token: token }) })),
	broken: refusing(
		AT.userinfo,
		'reads no access token in the body',
		(params) => params.has('access_token'),
		'invalid_token',
		401,
	),
}

export const userinfo = { get, postHeader, postBody }
