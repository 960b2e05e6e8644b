import { invalidGrant } from '../errors.ts'
import { type Exchange, set } from '../exchange.ts'

/**
 * RFC 6749 §6: the refresh token is known, this client's, bound to the key that came (RFC 9449 §5), and alive. One that
 * was replaced passes here, as a used code does in `checkCode`: whether it still answers is found out by the batch.
 */
export function checkRefreshToken(x: Exchange): void {
	if (x.params.get('grant_type') !== 'refresh_token') return
	const { refresh, account } = x.found
	if (!refresh) throw invalidGrant('unknown refresh token')
	if (refresh.clientId !== set(x.client, 'client').id) throw invalidGrant('refresh token of another client')
	if (refresh.jkt !== null && refresh.jkt !== x.dpop?.jkt) throw invalidGrant('another key, or none')
	if (refresh.endedAt !== null) throw invalidGrant('revoked refresh token')
	if (refresh.expiresAt <= x.now) throw invalidGrant('expired refresh token')
	if (account?.status !== 'active') throw invalidGrant('the account is suspended or has ended')
}
