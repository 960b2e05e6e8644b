import { holdsPid } from '../../lib/thai/pid.ts'
import type { BilingualText } from '../../ports/civil-registry/index.ts'
import type { AuthorizationDetail, AuthorizationRequest } from '../wire.ts'

/**
 * RFC 9396: what a relying party may ask leave for beside data. One entry a type: how it has to be filled in, and how the
 * citizen reads it. Whoever adds a type adds it here; each client is registered for those that it may ask for.
 */
interface DetailsType {
	/** Which fields it has, all of them required, each with its rule. Others are refused (§5). */
	fields: Readonly<Record<string, (value: unknown) => boolean>>
	/** What one field alone cannot say. */
	holds?(detail: AuthorizationDetail): boolean
	title: BilingualText
	/** In the order in which they are read. */
	lines(detail: AuthorizationDetail): DetailLine[]
}

export interface DetailLine {
	name: BilingualText
	value: BilingualText
}

/** As the citizen reads it before confirming. */
export interface DetailItem {
	title: BilingualText
	lines: DetailLine[]
}

const MAX_TEXT = 200
const MAX_DAYS = 366

/** A text for a person: of some length, in one line, without a citizen number. */
const isWords = (value: unknown): boolean =>
	typeof value === 'string' &&
	value.trim() !== '' &&
	value.length <= MAX_TEXT &&
	!/\p{C}/u.test(value) &&
	!holdsPid(value)

const DIGEST_LENGTH: Readonly<Record<string, number>> = { 'sha-256': 43, 'sha-512': 86 }

function isDate(value: unknown): boolean {
	if (typeof value !== 'string' || !/^\d{4}-\d{2}-\d{2}$/.test(value)) return false
	const date = new Date(`${value}T00:00:00Z`)
	return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(value)
}

const daysBetween = (from: unknown, until: unknown): number =>
	(Date.parse(`${until}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / 86_400_000

const same = (text: unknown): BilingualText => ({ th: String(text), en: String(text) })

const TYPES: Readonly<Record<string, DetailsType>> = {
	/** Leave to have one document signed: it is named by its digest, so that no other can take its place. */
	dopa_document_signature: {
		fields: {
			label: isWords,
			hash_alg: (value) => typeof value === 'string' && Object.hasOwn(DIGEST_LENGTH, value),
			document_digest: (value) => typeof value === 'string' && /^[\w-]+$/.test(value),
		},
		holds: ({ hash_alg, document_digest }) => String(document_digest).length === DIGEST_LENGTH[String(hash_alg)],
		title: { th: 'อนุมัติให้ลงลายมือชื่อในเอกสาร', en: 'Approve the signing of a document' },
		lines: ({ label, hash_alg, document_digest }) => [
			{ name: { th: 'เอกสาร', en: 'Document' }, value: same(label) },
			{ name: { th: 'ลายนิ้วมือของเอกสาร', en: 'Fingerprint' }, value: same(`${hash_alg} ${document_digest}`) },
		],
	},
	/** Leave for somebody else to act, for a time. */
	dopa_mandate: {
		fields: { act: isWords, delegate: isWords, valid_from: isDate, valid_until: isDate },
		holds({ valid_from, valid_until }) {
			const days = daysBetween(valid_from, valid_until)
			return days >= 0 && days <= MAX_DAYS
		},
		title: { th: 'มอบอำนาจให้ผู้อื่นทำแทน', en: 'Let somebody act for you' },
		lines: ({ act, delegate, valid_from, valid_until }) => [
			{ name: { th: 'เรื่อง', en: 'To do' }, value: same(act) },
			{ name: { th: 'ผู้รับมอบอำนาจ', en: 'Who' }, value: same(delegate) },
			{ name: { th: 'ตั้งแต่วันที่', en: 'From' }, value: same(valid_from) },
			{ name: { th: 'ถึงวันที่', en: 'Until' }, value: same(valid_until) },
		],
	},
}

export const AUTHORIZATION_DETAILS_TYPES: readonly string[] = Object.keys(TYPES)

const MAX_LENGTH = 8_192
const MAX_DETAILS = 5

/**
 * @param registered the types that the client may ask for
 * @returns the details, or why they are refused
 */
export function readAuthorizationDetails(
	text: string,
	registered: readonly string[],
): { details: AuthorizationDetail[] } | { problem: string } {
	if (text.length > MAX_LENGTH) return { problem: 'too long' }
	let parsed: unknown
	try {
		parsed = JSON.parse(text)
	} catch {
		return { problem: 'no JSON' }
	}
	if (!Array.isArray(parsed) || parsed.length === 0 || parsed.length > MAX_DETAILS)
		return { problem: `no list of 1 to ${MAX_DETAILS} objects` }
	for (const detail of parsed as unknown[]) {
		const problem = problemOf(detail, registered)
		if (problem !== null) return { problem }
	}
	return { details: parsed as AuthorizationDetail[] }
}

function problemOf(detail: unknown, registered: readonly string[]): string | null {
	if (typeof detail !== 'object' || detail === null || Array.isArray(detail)) return 'an entry is no object'
	const { type, ...rest } = detail as Record<string, unknown>
	if (typeof type !== 'string' || !Object.hasOwn(TYPES, type)) return 'a type is unknown'
	if (!registered.includes(type)) return 'a type is not approved for this client'
	const { fields, holds } = TYPES[type] as DetailsType
	if (Object.keys(rest).some((name) => !Object.hasOwn(fields, name))) return 'a field is unknown'
	if (Object.entries(fields).some(([name, rule]) => !rule(rest[name]))) return 'a field is missing or wrong'
	return !holds || holds(detail as AuthorizationDetail) ? null : 'two fields contradict each other'
}

/** What the citizen is shown. */
export function detailItems({
	authorization_details = [],
}: Pick<AuthorizationRequest, 'authorization_details'>): DetailItem[] {
	return authorization_details.flatMap((detail) => {
		const type = TYPES[detail.type]
		return type ? [{ title: type.title, lines: type.lines(detail) }] : []
	})
}
