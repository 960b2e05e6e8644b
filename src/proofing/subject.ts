import type { Vault } from '../lib/vault.ts'
import type { BilingualText, Portrait, RegistryRecord } from '../ports/civil-registry/index.ts'
import type { CaseRow } from './states.ts'

/** What a case holds of a person while it is open: the AS's answer, sealed. */
export interface Subject {
	record: RegistryRecord
	/** base64 */
	portrait: { mediaType: Portrait['mediaType']; base64: string } | null
	/** The office's name, so that the phone need not ask the AS for it. */
	office: BilingualText
}

const place = (caseId: string) => ['enrolments', caseId, 'subject'] as const

export function sealSubject(vault: Vault, caseId: string, subject: Subject): string {
	return vault.seal(place(caseId), JSON.stringify(subject))
}

/** @returns null where the case has been emptied */
export function openSubject(vault: Vault, row: Pick<CaseRow, 'id' | 'subject'>): Subject | null {
	return row.subject === null ? null : (JSON.parse(vault.open(place(row.id), row.subject)) as Subject)
}
