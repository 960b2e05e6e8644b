import { hashSecret } from '../../lib/crypto.ts'
import { claimedClientId } from '../client-auth/index.ts'
import { invalidRequest, missingToken, untrustedRequest } from '../errors.ts'
import type { Exchange } from '../exchange.ts'
import { type Found, readsOf } from '../reads.ts'
import { REQUEST_URI_PREFIX } from './take-pushed-request.ts'

/** The one read of a request: all that its checks and its answer need, in one round trip. */
export async function gather(x: Exchange): Promise<void> {
	x.found = await FINDERS[x.endpoint](x)
}

const FINDERS: Record<Exchange['endpoint'], (x: Exchange) => Promise<Found>> = {
	par: async (x) => readsOf(x.deps.db).client({ clientId: clientIdOf(x) }),
	async authorize(x) {
		const clientId = x.params.get('client_id')
		if (clientId === undefined) throw untrustedRequest('client_id is missing')
		const uri = x.params.get('request_uri')
		return readsOf(x.deps.db).authorize({
			clientId,
			uriHash: uri?.startsWith(REQUEST_URI_PREFIX) ? hashSecret(uri) : '',
			sessionHash: x.deps.sessionHash(x.request) ?? '',
			now: x.now,
			idleSince: x.now - x.deps.sessionIdle,
		})
	},
	token: async (x) =>
		readsOf(x.deps.db).token({ clientId: clientIdOf(x), codeHash: hashSecret(x.params.get('code') ?? '') }),
	// The token and whoever asks about it: filled in beside the endpoint.
	introspect: async (x) => readsOf(x.deps.db).client({ clientId: clientIdOf(x) }),
	revoke: async (x) => readsOf(x.deps.db).client({ clientId: clientIdOf(x) }),
	end_session: async (x) => readsOf(x.deps.db).client({ clientId: x.params.get('client_id') ?? '' }),
	async userinfo(x) {
		const header = x.request.headers.get('authorization')
		const token = header === null ? null : /^Bearer ([A-Za-z0-9\-._~+/]+=*)$/i.exec(header)?.[1]
		if (!token) throw missingToken()
		return readsOf(x.deps.db).userinfo({ tokenHash: hashSecret(token) })
	},
}

function clientIdOf(x: Exchange): string {
	const id = claimedClientId(x.request, x.params)
	if (id === null) throw invalidRequest('the client does not say who it is')
	return id
}
