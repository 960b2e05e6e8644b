import { holdsPid, toArabicDigits } from '../lib/thai/pid.ts'

/**
 * Every event that the product writes down, one function each. An event names things by id and code: it holds no name,
 * no number and no date of a person. Where a person has no account yet, the subject is the keyed index of the PID.
 */
export interface AuditEvent {
	name: EventName
	actor: Actor
	accountId: string | null
	/** `vault.index('pid', …)`, where the event is about a person without an account. */
	subjectIndex: string | null
	data: Readonly<Record<string, EventValue>>
}

export interface Actor {
	kind: 'citizen' | 'officer' | 'client' | 'system'
	/** Null where nobody is known by name yet: a phone that opens an enrolment's link. */
	id: string | null
}

export type EventValue = string | number | boolean | null

/** What each event may say. A key that is not here is refused when the event is made. */
const KEYS = {
	personLookedUp: ['caseId', 'officeCode', 'purpose'],
	lookUpRefused: ['officeCode', 'code'],
	enrolmentLinkIssued: ['caseId', 'officeCode'],
	enrolmentOpened: ['caseId'],
	enrolmentDone: ['caseId', 'officeCode', 'officerId', 'ial', 'tier'],
	enrolmentCancelled: ['caseId', 'officeCode'],
	enrolmentEnded: ['caseId', 'reason'],
	deviceReplaced: ['caseId'],
	officerJoined: ['officeCode', 'role'],
	officerSignedIn: ['officeCode'],
	officerSignedOut: [],
	signInScanned: ['signInId', 'clientId', 'path'],
	signInApproved: ['signInId', 'clientId', 'path', 'acr', 'scope'],
	signInDeclined: ['signInId', 'clientId'],
	signInEnded: ['signInId', 'clientId', 'reason'],
	claimsGiven: ['clientId', 'grantId', 'scope'],
	pinWrong: ['triesLeft', 'at'],
	pinDisabled: ['at'],
	pinChanged: [],
	passkeyCountWentBack: ['at'],
	accountSuspended: ['reason'],
	accountReinstated: ['reason'],
	accountFrozen: ['by'],
	accountFrozenAtDesk: ['officeCode', 'caseId'],
	accountThawed: ['officeCode', 'caseId'],
	accountCancelled: [],
	lossReported: [],
	cardUnlocked: ['path'],
	cardShown: ['checkId'],
	cardChecked: ['checkId', 'validity'],
	signedOut: ['clientId'],
	codeReused: ['clientId'],
	tokensRefreshed: ['clientId', 'grantId', 'scope'],
	refreshReused: ['clientId'],
	tokensRevoked: ['clientId', 'kind'],
} as const satisfies Record<string, readonly string[]>

export type EventName = keyof typeof KEYS

export const EVENT_NAMES = Object.keys(KEYS) as EventName[]

/** The event would have told what it must not. A bug of the caller; the message holds no value. */
export class UnfitEvent extends Error {
	override readonly name = 'UnfitEvent'
}

const officer = (id: string): Actor => ({ kind: 'officer', id })
const citizen = (id: string | null): Actor => ({ kind: 'citizen', id })
const client = (id: string): Actor => ({ kind: 'client', id })
const SYSTEM: Actor = { kind: 'system', id: null }

interface OfficerAt {
	officerId: string
	officeCode: string
}

/** An officer saw what the registry holds about a person, or for a lost device what we hold. */
export const personLookedUp = (
	e: OfficerAt & { subjectIndex: string; caseId: string; purpose?: 'enrolment' | 'lost-device' },
) =>
	made('personLookedUp', officer(e.officerId), about(e), {
		caseId: e.caseId,
		officeCode: e.officeCode,
		purpose: e.purpose ?? 'enrolment',
	})

/** A look-up that ended in a refusal; nothing else is stored of it. The subject is null where the number was no number. */
export const lookUpRefused = (e: OfficerAt & { subjectIndex: string | null; code: string }) =>
	made('lookUpRefused', officer(e.officerId), about(e), { officeCode: e.officeCode, code: e.code })

/** The officer confirmed the face and a link for the citizen's phone was made. */
export const enrolmentLinkIssued = (e: OfficerAt & { subjectIndex: string | null; caseId: string }) =>
	made('enrolmentLinkIssued', officer(e.officerId), about(e), { caseId: e.caseId, officeCode: e.officeCode })

/** A phone opened the link, the first one. */
export const enrolmentOpened = (e: { subjectIndex: string | null; caseId: string }) =>
	made('enrolmentOpened', citizen(null), about(e), { caseId: e.caseId })

/** The digital ID stands: from here on the account's device is the one that this case made. */
export const enrolmentDone = (e: OfficerAt & { accountId: string; caseId: string; ial: string; tier: string }) =>
	made('enrolmentDone', citizen(e.accountId), about(e), {
		caseId: e.caseId,
		officeCode: e.officeCode,
		officerId: e.officerId,
		ial: e.ial,
		tier: e.tier,
	})

/** The officer called the enrolment off. */
export const enrolmentCancelled = (e: OfficerAt & { subjectIndex: string | null; caseId: string }) =>
	made('enrolmentCancelled', officer(e.officerId), about(e), { caseId: e.caseId, officeCode: e.officeCode })

/** An enrolment ended by itself: out of time, or its link was opened on a second phone. */
export const enrolmentEnded = (e: { subjectIndex: string | null; caseId: string; reason: string }) =>
	made('enrolmentEnded', SYSTEM, about(e), { caseId: e.caseId, reason: e.reason })

/** The device before ended with all that hung on it, since a new enrolment was finished. */
export const deviceReplaced = (e: { accountId: string; caseId: string }) =>
	made('deviceReplaced', citizen(e.accountId), about(e), { caseId: e.caseId })

/** An invitation was taken and an officer's first passkey made. */
export const officerJoined = (e: OfficerAt & { role: string }) =>
	made('officerJoined', officer(e.officerId), about({}), { officeCode: e.officeCode, role: e.role })

/** An officer signed in. */
export const officerSignedIn = (e: OfficerAt) =>
	made('officerSignedIn', officer(e.officerId), about({}), { officeCode: e.officeCode })

/** An officer signed out. */
export const officerSignedOut = (e: { officerId: string }) =>
	made('officerSignedOut', officer(e.officerId), about({}), {})

interface SignInEvent {
	signInId: string
	clientId: string
}

/** A citizen's device saw who asks and for what: by QR, or on the device itself. */
export const signInScanned = (e: SignInEvent & { accountId: string; path: string }) =>
	made('signInScanned', citizen(e.accountId), about(e), { signInId: e.signInId, clientId: e.clientId, path: e.path })

/** The citizen said yes, with passkey and PIN. @param e.scope what was consented to, space-separated. */
export const signInApproved = (e: SignInEvent & { accountId: string; path: string; acr: string; scope: string }) =>
	made('signInApproved', citizen(e.accountId), about(e), {
		signInId: e.signInId,
		clientId: e.clientId,
		path: e.path,
		acr: e.acr,
		scope: e.scope,
	})

/** The citizen said no. */
export const signInDeclined = (e: SignInEvent & { accountId: string | null }) =>
	made('signInDeclined', citizen(e.accountId), about(e), { signInId: e.signInId, clientId: e.clientId })

/** A sign-in ended without an answer. @param e.reason a ServiceErrorCode. */
export const signInEnded = (e: SignInEvent & { accountId: string | null; reason: string }) =>
	made('signInEnded', SYSTEM, about(e), { signInId: e.signInId, clientId: e.clientId, reason: e.reason })

/** A relying party was given claims. */
export const claimsGiven = (e: { clientId: string; accountId: string; grantId: string; scope: string }) =>
	made('claimsGiven', client(e.clientId), about(e), { clientId: e.clientId, grantId: e.grantId, scope: e.scope })

/** A wrong PIN after a right passkey. @param e.at a sign-in's id, `unlock`, or the procedure. */
export const pinWrong = (e: { accountId: string; triesLeft: number; at: string }) =>
	made('pinWrong', citizen(e.accountId), about(e), { triesLeft: e.triesLeft, at: e.at })

/** The tenth wrong PIN. */
export const pinDisabled = (e: { accountId: string; at: string }) =>
	made('pinDisabled', citizen(e.accountId), about(e), { at: e.at })

/** The citizen set another PIN, with the old one and the passkey. */
export const pinChanged = (e: { accountId: string }) => made('pinChanged', citizen(e.accountId), about(e), {})

/** A passkey's counter was lower than before: a signal of a copy, no proof. */
export const passkeyCountWentBack = (e: { accountId: string; at: string }) =>
	made('passkeyCountWentBack', citizen(e.accountId), about(e), { at: e.at })

/** @param e.reason a reason of `accounts/lifecycle.ts`. */
export const accountSuspended = (e: { accountId: string; reason: string }) =>
	made('accountSuspended', SYSTEM, about(e), { reason: e.reason })

/** @param e.reason the reason that no longer stands. */
export const accountReinstated = (e: { accountId: string; reason: string }) =>
	made('accountReinstated', SYSTEM, about(e), { reason: e.reason })

interface FrozenBy {
	accountId: string
	/** `citizen`: on the open card. `card-data`: by whoever had the ID card's data, in any browser. */
	by: 'citizen' | 'card-data'
}

/** The device is gone, or may be in other hands: nothing goes through until an office takes it back. */
export const accountFrozen = (e: FrozenBy) =>
	made('accountFrozen', e.by === 'citizen' ? citizen(e.accountId) : SYSTEM, about(e), { by: e.by })

/** The same by an officer, whom somebody called. */
export const accountFrozenAtDesk = (e: OfficerAt & { accountId: string; caseId: string }) =>
	made('accountFrozenAtDesk', officer(e.officerId), about(e), { officeCode: e.officeCode, caseId: e.caseId })

/** An officer saw the person and the phone, and took the freeze back. */
export const accountThawed = (e: OfficerAt & { accountId: string; caseId: string }) =>
	made('accountThawed', officer(e.officerId), about(e), { officeCode: e.officeCode, caseId: e.caseId })

/** The citizen gave the digital ID up. */
export const accountCancelled = (e: { accountId: string }) =>
	made('accountCancelled', citizen(e.accountId), about(e), {})

/** Somebody reported a phone lost with an ID card's data, right or wrong. */
export const lossReported = (e: { subjectIndex: string }) => made('lossReported', SYSTEM, about(e), {})

/** The citizen unlocked the card on a device. */
export const cardUnlocked = (e: { accountId: string }) =>
	made('cardUnlocked', citizen(e.accountId), about(e), { path: 'this-device' })

/** The citizen shows the card: a link for one look was made. */
export const cardShown = (e: { accountId: string; checkId: string }) =>
	made('cardShown', citizen(e.accountId), about(e), { checkId: e.checkId })

/** Somebody looked at the card that was shown to them. @param e.validity what they were told of it */
export const cardChecked = (e: { accountId: string; checkId: string; validity: string }) =>
	made('cardChecked', SYSTEM, about(e), { checkId: e.checkId, validity: e.validity })

/** A citizen's session in one browser was ended. @param e.clientId the relying party that asked for it; null: here */
export const signedOut = (e: { accountId: string; clientId: string | null }) =>
	made('signedOut', citizen(e.accountId), about(e), { clientId: e.clientId })

/** An authorization code came a second time; what it gave was ended (RFC 6749 §4.1.2). */
export const codeReused = (e: { clientId: string; accountId: string }) =>
	made('codeReused', client(e.clientId), about(e), { clientId: e.clientId })

/** A relying party got new tokens, and the claims with them, without the citizen. */
export const tokensRefreshed = (e: { clientId: string; accountId: string; grantId: string; scope: string }) =>
	made('tokensRefreshed', client(e.clientId), about(e), { clientId: e.clientId, grantId: e.grantId, scope: e.scope })

/** A refresh token came back after another had taken its place: every token of its family ended. */
export const refreshReused = (e: { clientId: string; accountId: string }) =>
	made('refreshReused', client(e.clientId), about(e), { clientId: e.clientId })

/** A relying party gave tokens back. @param e.kind one access token, or all that a code gave. */
export const tokensRevoked = (e: { clientId: string; accountId: string; kind: 'access_token' | 'family' }) =>
	made('tokensRevoked', client(e.clientId), about(e), { clientId: e.clientId, kind: e.kind })

interface About {
	accountId: string | null
	subjectIndex: string | null
}

function about(e: { accountId?: string | null; subjectIndex?: string | null }): About {
	return { accountId: e.accountId ?? null, subjectIndex: e.subjectIndex ?? null }
}

function made<N extends EventName>(
	name: N,
	actor: Actor,
	subject: About,
	data: Readonly<Record<(typeof KEYS)[N][number], EventValue>>,
): AuditEvent {
	return { name, actor, ...subject, data }
}

/**
 * Refuses an event that says more than it may: an unknown name or key, a citizen number, Thai letters (codes and ids
 * have none; names have), or a subject that is no keyed index. An instant in ms has 13 digits too and may be right by
 * chance: the row has a column for it, so no event carries one.
 * @throws UnfitEvent
 */
export function assertFit(event: AuditEvent): void {
	const allowed: readonly string[] | undefined = KEYS[event.name]
	if (!allowed) throw new UnfitEvent('an event that src/audit/events.ts does not know')
	for (const key of Object.keys(event.data))
		if (!allowed.includes(key)) throw new UnfitEvent(`${event.name} must not say ${key}`)
	if (event.subjectIndex !== null && !/^[\w-]{43}$/.test(event.subjectIndex))
		throw new UnfitEvent(`${event.name}: the subject is no keyed index`)
	const told: Record<string, EventValue> = { ...event.data, actor: event.actor.id, account: event.accountId }
	for (const [key, value] of Object.entries(told))
		if (holdsPersonalData(String(value))) throw new UnfitEvent(`${event.name}: ${key} holds personal data`)
}

/** Whether a text holds a right citizen number, however it is written, or Thai letters. */
export function holdsPersonalData(text: string): boolean {
	// Thai digits are letters of neither kind: a number in them is a number.
	return /[\u0e00-\u0e7f]/.test(toArabicDigits(text)) || holdsPid(text)
}
