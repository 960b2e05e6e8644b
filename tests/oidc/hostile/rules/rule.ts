import type { EndpointName } from '../kit/bases.ts'
import type { Break } from '../kit/draft.ts'
import type { Verdict } from '../kit/judge.ts'
import { type Cast, PROFILE_NAMES, type ProfileName, type Server } from '../kit/server.ts'

/** One sentence of a specification, and one way to break it. */
export interface Rule {
	/** Whose sentence, and where it stands. */
	rule: string
	what: string
	/** `where profile`, such as `par oidc`. */
	at: readonly At[]
	/** What is done to a good request; where that needs the server, a promise of it. */
	how: Break | ((server: Server, cast: Cast) => Promise<Break>)
	error: string
	/** Default 400; of a redirect always 303. */
	status?: number
	/** At the authorization endpoint the error stays with the person: it may not travel. */
	page?: boolean
	/** Where else it is told. */
	where?: Verdict['where']
	state?: string | null
	/** The good request is gone afterwards: it was used, or its time is over. */
	spoils?: boolean
	/** No specification says so: the rule is of this provider alone. */
	own?: boolean
	/** Tokens end by it: who uses a code twice ends what it gave. */
	ends?: boolean
}

export type At = `${EndpointName} ${ProfileName}`

/** A rule at one endpoint for one profile. */
export interface Row extends Omit<Rule, 'at' | 'status' | 'page' | 'state' | 'where'> {
	endpoint: EndpointName
	profile: ProfileName
	verdict: Verdict
}

export function rowsOf(rule: Rule): Row[] {
	const { at, status = 400, page = false, state, where: elsewhere, ...rest } = rule
	return at.map((place) => {
		const [endpoint, profile] = place.split(' ') as [EndpointName, ProfileName]
		const where = elsewhere ?? (endpoint !== 'authorize' ? 'json' : page ? 'page' : 'redirect')
		const said = { error: rule.error, status: where === 'redirect' ? 303 : status }
		return {
			...rest,
			...{ endpoint, profile },
			verdict: { where, state, ...(profile === 'thaid-v2' ? inThaid(endpoint, said) : said) },
		}
	})
}

/** What relying parties of ThaID read for `invalid_grant`. */
function inThaid(endpoint: EndpointName, said: Pick<Verdict, 'error' | 'status'>): Pick<Verdict, 'error' | 'status'> {
	if (said.error !== 'invalid_grant') return said
	return endpoint === 'refresh'
		? { error: 'invalid_refresh_token', status: 401 }
		: { ...said, error: 'invalid_request' }
}

/** At an endpoint, for these profiles; for all where none is named. */
export const at = (endpoint: EndpointName, ...profiles: ProfileName[]): At[] =>
	(profiles.length > 0 ? profiles : PROFILE_NAMES).map((profile): At => `${endpoint} ${profile}`)

/** Where an authorization request can be broken: a client of `fapi2` has to push it. */
export const request = (...profiles: ProfileName[]): At[] =>
	[...at('authorize', ...profiles), ...at('par', ...profiles)].filter((place) => place !== 'authorize fapi2')

export const isBreak = (how: Rule['how']): how is Break => how.length < 2

/** How a row is called, in a report and in `differences.ts`. */
export const nameOf = ({ endpoint, profile, what, rule }: Row): string => `${endpoint}, ${profile}: ${what} (${rule})`
