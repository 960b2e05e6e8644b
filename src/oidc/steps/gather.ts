import { decodeJwt } from 'jose'
import { hashSecret } from '../../lib/crypto.ts'
import { claimedAudience } from '../artifacts/id-token-hint.ts'
import { claimedClientId } from '../client-auth/index.ts'
import { invalidRequest, untrustedRequest } from '../errors.ts'
import { type Exchange, set } from '../exchange.ts'
import { type Found, readsOf } from '../reads.ts'
import type { Parameters } from '../wire.ts'
import { tokenInQuestion } from './check-token-parameter.ts'
import { REQUEST_URI_PREFIX } from './take-pushed-request.ts'

/** The one read of a request: all that its checks and its answer need, in one round trip. */
export async function gather(x: Exchange): Promise<void> {
	x.found = await FINDERS[x.endpoint](x)
}

const FINDERS: Record<Exchange['endpoint'], (x: Exchange) => Promise<Found>> = {
	async par(x) {
		const clientId = clientIdOf(x)
		const resource = claimedResource(x.params)
		return resource === '' ? readsOf(x.deps.db).client({ clientId }) : readsOf(x.deps.db).par({ clientId, resource })
	},
	async authorize(x) {
		const clientId = x.params.get('client_id')
		if (clientId === undefined) throw untrustedRequest('client_id is missing')
		const uri = x.params.get('request_uri')
		const uriHash = uri?.startsWith(REQUEST_URI_PREFIX) ? hashSecret(uri) : ''
		const resource = claimedResource(x.params)
		const values = {
			clientId,
			sessionHash: x.deps.sessionHash(x.request) ?? '',
			now: x.now,
			idleSince: x.now - x.deps.sessionIdle,
		}
		const reads = readsOf(x.deps.db)
		if (uriHash === '' && resource === '') return reads.authorize(values)
		return reads.authorizeWhole({ ...values, uriHash, resource })
	},
	async token(x) {
		const clientId = clientIdOf(x)
		if (x.params.get('grant_type') === 'refresh_token')
			return readsOf(x.deps.db).refresh({ clientId, refreshHash: hashSecret(x.params.get('refresh_token') ?? '') })
		return readsOf(x.deps.db).token({ clientId, codeHash: hashSecret(x.params.get('code') ?? '') })
	},
	introspect: about,
	revoke: about,
	logout_log: async (x) => readsOf(x.deps.db).client({ clientId: clientIdOf(x) }),
	end_session: async (x) =>
		readsOf(x.deps.db).endSession({
			clientId: x.params.get('client_id') ?? claimedAudience(x.params.get('id_token_hint')) ?? '',
			sessionHash: x.deps.sessionHash(x.request) ?? '',
			now: x.now,
			idleSince: x.now - x.deps.sessionIdle,
		}),
	userinfo: async (x) => readsOf(x.deps.db).userinfo({ tokenHash: hashSecret(set(x.presented, 'presented').token) }),
}

/** A token and whoever asks about it. */
function about(x: Exchange): Promise<Found> {
	return readsOf(x.deps.db).about({ clientId: clientIdOf(x), tokenHash: hashSecret(tokenInQuestion(x)) })
}

/** The resource server that a request names, itself or in a request object whose signature is checked later. */
function claimedResource(params: Parameters): string {
	const request = params.get('request')
	if (request === undefined) return params.get('resource') ?? ''
	try {
		const { resource } = decodeJwt(request)
		return typeof resource === 'string' ? resource : ''
	} catch {
		return ''
	}
}

function clientIdOf(x: Exchange): string {
	const id = claimedClientId(x.request, x.params)
	if (id === null) throw invalidRequest('the client does not say who it is')
	return id
}
