import { KNOWN_SCOPES } from '../artifacts/claims.ts'
import { invalidScope } from '../errors.ts'
import { type Exchange, set } from '../exchange.ts'

/** Many times all that there are. */
const MAX_SCOPE = 2_000

/**
 * A known scope outside the client's registration is refused, an unknown one ignored (OpenID Connect Core §3.1.2.1) or
 * refused, as the profile says. `openid` is required where the profile says so: without it nothing could be delivered.
 */
export function checkScope(x: Exchange): void {
	const client = set(x.client, 'client')
	const profile = set(x.profile, 'profile')
	const text = x.params.get('scope') ?? ''
	if (text.length > MAX_SCOPE) throw invalidScope('scope is too long')
	const asked = [...new Set(text.split(' ').filter(Boolean))]
	const known = asked.filter((scope) => KNOWN_SCOPES.includes(scope))
	if (profile.unknownScope === 'refuse' && known.length < asked.length) throw invalidScope('a scope is unknown')
	if (profile.requireOpenid && !known.includes('openid')) throw invalidScope('scope openid is required')
	if (known.length === 0) throw invalidScope('scope is missing')
	if (known.some((scope) => scope !== 'openid' && !client.scopes.includes(scope)))
		throw invalidScope('a scope is not approved for this client')
	x.authorization.scope = known
}
