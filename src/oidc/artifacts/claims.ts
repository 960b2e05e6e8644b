import { displayName, type Snapshot } from '../../accounts/index.ts'
import { formatDate, toBuddhistDigits, toIsoBirthdate, toStoredDate } from '../../lib/thai/dates.ts'
import { addressOnCard } from '../../ports/civil-registry/index.ts'
import type { AuthorizationRequest, Client } from '../wire.ts'

/**
 * What a relying party can ask for: each scope with the claims that it gives. The thirteen of the DOPA Digital ID,
 * ThaID's later ones, and OpenID Connect's `profile`. One table; nothing else in the product knows a claim's form.
 */
type Form = Pick<Client, 'birthdateFormat' | 'profile'>
type ClaimValue = string | Record<string, string> | undefined

const fullName = (...parts: string[]) => parts.filter(Boolean).join(' ')
const isThaid = ({ profile }: Form): boolean => profile === 'thaid-v2'

/** One function a claim: from the AS's last answer to the value. `undefined` where the registry has none. */
const CLAIMS = {
	pid: (s) => s.person.pid,
	// ThaID's names bear the title.
	name: ({ person: p }, form) =>
		isThaid(form) ? displayName(p).th : fullName(p.givenName.th, p.middleName.th, p.familyName.th),
	name_en: ({ person: p }, form) =>
		isThaid(form) ? displayName(p).en : fullName(p.givenName.en, p.middleName.en, p.familyName.en),
	title: (s) => s.person.title.th,
	title_en: (s) => s.person.title.en,
	given_name: (s) => s.person.givenName.th,
	middle_name: (s) => s.person.middleName.th || undefined,
	family_name: (s) => s.person.familyName.th,
	given_name_en: (s) => s.person.givenName.en,
	middle_name_en: (s) => s.person.middleName.en || undefined,
	family_name_en: (s) => s.person.familyName.en,
	birthdate: (s, form) =>
		form.birthdateFormat === 'iso' ? toIsoBirthdate(s.person.birthdate) : toBuddhistDigits(s.person.birthdate),
	// The card's face: it may differ from the register until the citizen gets a new card.
	address: (s, form) => address(s.card.printedAddress ?? s.person.address, form),
	gender: (s) => s.person.gender,
	ial: (s) => s.ial,
	smartcard_code: (s) => s.card.number,
	date_of_issuance: (s) => toStoredDate(s.card.issuedOn),
	date_of_expiry: (s) => (s.card.expiresOn ? toStoredDate(s.card.expiresOn) : undefined),
	house_address: (s, form) => {
		const value = address(s.person.address, form)
		return typeof value === 'string' ? { formatted: value, raw: value } : value
	},
} satisfies Record<string, (snapshot: Snapshot, form: Form) => ClaimValue>

export type ClaimName = keyof typeof CLAIMS

const SCOPES: Record<string, readonly ClaimName[]> = {
	openid: [],
	...Object.fromEntries((Object.keys(CLAIMS) as ClaimName[]).map((claim) => [claim, [claim]])),
	// OpenID Connect Core §5.4
	profile: ['name', 'given_name', 'middle_name', 'family_name', 'gender', 'birthdate'],
	// Contact data is not the registry's: both are known, and give nothing until a citizen can add and confirm some.
	email: [],
	phone: [],
}

export const KNOWN_SCOPES: readonly string[] = Object.keys(SCOPES)
export const KNOWN_CLAIMS: readonly string[] = Object.keys(CLAIMS)

const claimsOf = (scopes: readonly string[]): Set<string> =>
	new Set<string>(scopes.flatMap((scope) => SCOPES[scope] ?? []))

/** What a client may ask for by name: the claims of the scopes that it is approved for. */
export const approvedClaims = (scopes: readonly string[]): ReadonlySet<string> => claimsOf(scopes)

/**
 * Of scopes that were granted once, those that the client is approved for today: an approval that is taken back counts at
 * once, not when the last refresh token has died. `openid` gives nothing and needs none.
 */
export const stillApproved = (granted: readonly string[], approved: readonly string[]): string[] =>
	granted.filter((scope) => scope === 'openid' || approved.includes(scope))

/** What a citizen agrees to: the scopes, and each claim asked for by name under the scope of its own name. */
export function consentScope({ scope, claims }: Pick<AuthorizationRequest, 'scope' | 'claims'>): string[] {
	const covered = claimsOf(scope)
	const named = [...Object.keys(claims?.id_token ?? {}), ...Object.keys(claims?.userinfo ?? {})]
	return [...scope, ...new Set(named.filter((claim) => !covered.has(claim)))]
}

/** Whether an earlier consent holds for what is asked now. A claim may have been agreed to by another scope. */
export function consentCovers(granted: readonly string[], wanted: readonly string[]): boolean {
	const agreed: ReadonlySet<string> = claimsOf(granted)
	return wanted.every((scope) => granted.includes(scope) || agreed.has(scope))
}

/** OpenID Connect Core §5.1.1: `formatted` and the parts that the registry has. */
function address(from: Snapshot['person']['address'], form: Form): ClaimValue {
	if (!from) return undefined
	const formatted = addressOnCard(from)
	if (isThaid(form)) return formatted
	// The street is what stands before the sub-district's word.
	const street = formatted.split(/ (?=ตำบล|แขวง)/, 1)[0] ?? ''
	return { formatted, street_address: street, locality: from.district, region: from.province, country: 'TH' }
}

/**
 * The claims of the granted scopes, each at most once, without those that the registry does not have. Relying parties
 * written for ThaID read each claim that they asked for, so they get an empty text.
 */
export function claimsFor(scopes: readonly string[], snapshot: Snapshot, form: Form): Record<string, ClaimValue> {
	const claims: Record<string, ClaimValue> = {}
	for (const scope of scopes)
		for (const claim of SCOPES[scope] ?? []) {
			const value = CLAIMS[claim](snapshot, form)
			if (value !== undefined) claims[claim] = value
			else if (isThaid(form)) claims[claim] = ''
		}
	return claims
}

/**
 * The claims asked for by name in one place (OpenID Connect Core §5.5), without those that the registry does not have or
 * that the client is approved for no more.
 */
export function claimsByName(
	wishes: Record<string, unknown> | undefined,
	snapshot: Snapshot,
	client: Form & Pick<Client, 'scopes'>,
): Record<string, ClaimValue> {
	if (wishes === undefined) return {}
	const approved = approvedClaims(client.scopes)
	return claimsFor(
		Object.keys(wishes).filter((name) => approved.has(name)),
		snapshot,
		client,
	)
}

export interface ConsentItem {
	scope: string
	/** As the citizen reads it; null where the registry has none. */
	value: string | null
}

/** What the citizen is shown before confirming: each datum of each scope, with the value that the RP will get. */
export function consentItems(scopes: readonly string[], snapshot: Snapshot, form: Form): ConsentItem[] {
	const seen = new Set<string>()
	const items: ConsentItem[] = []
	for (const scope of scopes)
		for (const claim of SCOPES[scope] ?? []) {
			if (seen.has(claim)) continue
			seen.add(claim)
			items.push({ scope: claim, value: display(claim, snapshot, form) })
		}
	return items
}

function display(claim: ClaimName, snapshot: Snapshot, form: Form): string | null {
	const value = CLAIMS[claim](snapshot, form) as ClaimValue
	if (value === undefined) return null
	if (claim === 'birthdate') return `${formatDate(snapshot.person.birthdate, 'th')} (${String(value)})`
	return typeof value === 'string' ? value : (value.formatted ?? '')
}
