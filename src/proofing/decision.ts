/**
 * Evidence → identity assurance level. Facts about a proofing are stored as facts; the level is derived from them by
 * a versioned table, so that a change of the standard changes a table and no row. Pure.
 */
export interface Evidence {
	method: 'office'
	officerId: string
	officeCode: string
	/** When the AS answered about the person and the card, ms. */
	asAnsweredAt: number
	/** The AS said: the latest card, status normal, not expired. */
	cardStatusChecked: boolean
	/** The number under the photo was compared with the AS's latest card, by the system. */
	cardNumberCompared: boolean
	/** A chip read is data entry and no proof that the chip is genuine; it is recorded all the same. */
	chipRead: boolean
	/** Whether the AS had a portrait that could stand beside the person. */
	portraitOfAs: boolean
	/** Who compared the face; null until somebody has. */
	faceComparedBy: 'officer' | null
	/** ms */
	faceComparedAt: number | null
}

/** What stays of an enrolment that was finished. */
export interface Conclusion extends Evidence {
	ial: Ial
	/** The table that gave it. */
	table: string
	tier: string
}

export type Ial = '2.1' | '2.2'

interface Row {
	ial: Ial
	needs: readonly (keyof Evidence)[]
}

interface Table {
	version: string
	/** The highest level first. */
	rows: readonly Row[]
}

/**
 * After the sub-levels of the Thai digital-ID standards: 2.1 is a card whose status was checked with the AS and a face
 * that a person compared; 2.2 reads the chip as well.
 *
 * In doubt: the sub-level tables of ขมธอ. 19-2566 and มรด. 1-2 could not be read in the original; version 3.0 may have
 * merged some. Have them confirmed before the level is printed as official. A comparison by eye is no biometric match,
 * so 2.3 is not given here, whatever else was done.
 */
export const IAL_TABLE: Table = {
	version: 'office-2026-11',
	rows: [
		{ ial: '2.2', needs: ['cardStatusChecked', 'faceComparedBy', 'chipRead'] },
		{ ial: '2.1', needs: ['cardStatusChecked', 'faceComparedBy'] },
	],
}

/** The level that the facts support. @returns null where they support none: there is no digital ID without one */
export function decide(evidence: Evidence, table: Table = IAL_TABLE): { ial: Ial; table: string } | null {
	const row = table.rows.find(({ needs }) => needs.every((fact) => Boolean(evidence[fact])))
	return row ? { ial: row.ial, table: table.version } : null
}
