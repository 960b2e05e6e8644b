import { invalidRequest } from '../errors.ts'
import type { ClaimsRequest, ClaimWish } from '../wire.ts'

/** What the `claims` parameter asks for, taken apart. */
export interface ReadClaimsRequest {
	/** Data of the citizen that will be given, each where it was asked for. */
	claims: ClaimsRequest | undefined
	/** `sub` with a value: the citizen that is meant. */
	subject: string | undefined
	/** `acr` of the id_token with values, and whether nothing else will do. */
	acr: { essential: boolean; values: string[] } | undefined
}

const MAX_LENGTH = 8_192

/**
 * OpenID Connect Core §5.5. Claims that nobody knows, or that the client is not approved for, are ignored, essential or
 * not (§5.5.1: "essential" is no error where it is not given); what is malformed is refused.
 * @param approved names of claims
 * @throws ProtocolError invalid_request
 */
export function readClaimsRequest(text: string, approved: ReadonlySet<string>): ReadClaimsRequest {
	const { userinfo, id_token } = membersOf(text)
	const subject = subjectOf(id_token.get('sub')) ?? subjectOf(userinfo.get('sub'))
	const claims: ClaimsRequest = {}
	for (const [place, wishes] of Object.entries({ userinfo, id_token }) as ['userinfo' | 'id_token', Wishes][]) {
		const given = [...wishes.keys()].filter((name) => approved.has(name))
		// By name alone: a value that was wished for decides nothing, and would be kept as long as a refresh token.
		if (given.length > 0) claims[place] = Object.fromEntries(given.map((name) => [name, null]))
	}
	return {
		claims: Object.keys(claims).length > 0 ? claims : undefined,
		subject,
		acr: acrOf(id_token.get('acr')),
	}
}

type Wishes = ReadonlyMap<string, ClaimWish>

function membersOf(text: string): { userinfo: Wishes; id_token: Wishes } {
	if (text.length > MAX_LENGTH) throw invalidRequest('claims is too long')
	let parsed: unknown
	try {
		parsed = JSON.parse(text)
	} catch {
		throw invalidRequest('claims is no JSON')
	}
	if (!isObject(parsed)) throw invalidRequest('claims is no object')
	return { userinfo: wishesOf(parsed.userinfo), id_token: wishesOf(parsed.id_token) }
}

function wishesOf(member: unknown): Wishes {
	if (member === undefined || member === null) return new Map()
	if (!isObject(member)) throw invalidRequest('claims: a member is no object')
	return new Map(Object.entries(member).map(([name, wish]) => [name, wishOf(wish)]))
}

function wishOf(wish: unknown): ClaimWish {
	if (wish === null) return null
	if (!isObject(wish)) throw invalidRequest('claims: a claim is neither null nor an object')
	const { essential, value, values } = wish
	if (essential !== undefined && typeof essential !== 'boolean') throw invalidRequest('claims: essential is no boolean')
	if (values !== undefined && (!Array.isArray(values) || value !== undefined))
		throw invalidRequest('claims: values is no list, or stands beside value')
	return {
		...(essential === undefined ? {} : { essential }),
		...(value === undefined ? {} : { value }),
		...(values === undefined ? {} : { values: values as unknown[] }),
	}
}

const isObject = (value: unknown): value is Record<string, unknown> =>
	typeof value === 'object' && value !== null && !Array.isArray(value)

/** What a claim is to be: one value, several, or any. */
const valuesOf = (wish: ClaimWish | undefined): unknown[] =>
	wish?.values ?? (wish?.value === undefined ? [] : [wish.value])

function subjectOf(wish: ClaimWish | undefined): string | undefined {
	const values = valuesOf(wish)
	if (values.length === 0) return undefined
	const [subject] = values
	if (values.length > 1 || typeof subject !== 'string') throw invalidRequest('claims: sub is one text')
	return subject
}

/** §5.5.1.1 */
function acrOf(wish: ClaimWish | undefined): ReadClaimsRequest['acr'] {
	const values = valuesOf(wish)
	if (values.length === 0) return undefined
	if (!values.every((value) => typeof value === 'string')) throw invalidRequest('claims: acr is no text')
	return { essential: wish?.essential ?? false, values }
}
