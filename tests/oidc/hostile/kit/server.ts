import type { Profile } from '../../../../src/oidc/profiles/index.ts'
import type { Rp, RpKey } from '../../kit/relying-party.ts'

/** A provider as its attackers see it: ours, or another one that is asked the same. */
export interface Server {
	issuer: string
	paths: Record<PathName, string>
	/** ms */
	now(): number
	/** Time passes; the holder has signed in again since. */
	advance(ms: number): Promise<void>
	/** Cookie header of a browser in which the holder is signed in and has consented. */
	cookie: string
	casts: Record<ProfileName, Cast>
	fetch(request: Request): Promise<Response>
}

export type PathName =
	| 'authorize'
	| 'par'
	| 'token'
	| 'userinfo'
	| 'introspect'
	| 'revoke'
	| 'end_session'
	| 'logout_deliveries'
export type ProfileName = Profile['name']
export const PROFILE_NAMES: readonly ProfileName[] = ['fapi2', 'oidc', 'thaid-v2']

/** A relying party as the profile wants it, and what it holds. */
export interface Cast {
	profile: ProfileName
	rp: Rp
	/** Another one of the same profile: what belongs to it is never `rp`'s. */
	other: Rp
	/** The key of its DPoP proofs; null where it sends none. */
	dpop: RpKey | null
}

/** The same where the neighbour asks. */
export const neighbour = (cast: Cast): Cast => ({ ...cast, rp: cast.other, other: cast.rp })

/** What the holder has let them see. */
export const SCOPE = 'openid pid name'
/** What they may ask for: one thing more. */
export const APPROVED = [...SCOPE.split(' '), 'gender']
/** Where `rp` and `other` of a cast go after signing out. */
export const SIGNED_OUT = { rp: 'https://rp.example/signed-out', other: 'https://other.example/signed-out' }
/** Echoed nowhere as it is: markup, a quote, a line end. */
export const STATE = `s"><svg onload=alert(1)>'&\r\nset-cookie: a=b`
