import { cpus } from 'node:os'

export interface Row {
	what: string
	ours: string
	peer: string
	/** What is held against the limit, in `unit`; a ratio where the unit is ×. */
	value: number
	limit: number
	unit: '×' | 'ms' | 'kB'
	/** The same against the floor, where that is measured: CPU and ratio. */
	floor?: { cost: string; value: number; limit: number }
	note: string
}

const CPU = 'server CPU for 1,000'

/** What is measured and how much it may be. */
export const limits = {
	token: { what: `code exchange, ${CPU}`, limit: 0.5, floor: 1.7 },
	refresh: { what: `refresh, ${CPU}`, limit: 0.5, floor: 1.7 },
	authorize: { what: `silent authorize, ${CPU}`, limit: 0.5, floor: 1.7 },
	par: { what: `PAR, ${CPU}`, limit: 0.5, floor: 1.7 },
	userinfo: { what: `userinfo, ${CPU}`, limit: 0.8, floor: 1.7 },
	introspect: { what: `introspection, ${CPU}`, limit: 0.8, floor: 1.7 },
	discovery: { what: `discovery, ${CPU}`, limit: 0.15, floor: 1.7 },
	jwks: { what: `JWKS, ${CPU}`, limit: 0.15, floor: 1.7 },
	start: { what: 'cold start to the first 200', limit: 0.5 },
	page: { what: 'sign-in page until usable, gzip', limit: 40 },
	edge: { what: 'cold start in workerd', limit: 150 },
	population: { what: `whole sign-in by QR, ${CPU}`, limit: 1.2 },
} as const

/** The table, with what a reader needs to judge it. */
export function toMarkdown(
	rows: readonly Row[],
	systems: { ours: { name: string }; peer: { name: string }; floor: { name: string } },
	run: { isQuick: boolean; rounds: number },
): string {
	const cells = (row: Row) => {
		const value = `${row.value.toFixed(row.unit === '×' ? 2 : row.unit === 'kB' ? 1 : 0)} ${row.unit}`
		return [
			row.what,
			row.ours,
			row.peer,
			value,
			`≤ ${row.limit} ${row.unit}`,
			row.floor?.cost ?? '–',
			row.floor ? `${row.floor.value.toFixed(2)} ×` : '–',
			row.floor ? `≤ ${row.floor.limit} ×` : '–',
			row.value <= row.limit && (row.floor?.value ?? 0) <= (row.floor?.limit ?? 0) ? 'yes' : 'NO',
			row.note,
		]
	}
	const head = [
		'',
		'ours',
		'peer',
		'figure',
		'limit',
		'floor',
		'of the floor',
		'limit',
		'met',
		'what is done (ours / peer / floor)',
	]
	const line = (parts: string[]) => `| ${parts.join(' | ')} |`
	return [
		`**Ours**: ${systems.ours.name}. **Peer**: ${systems.peer.name}. **Floor**: ${systems.floor.name}. All on SQLite, WAL, synchronous=FULL, ES256,`,
		'client_secret_basic, PKCE, the same claims; 16 connections from another process, in turn, medians of',
		`${run.rounds} rounds${run.isQuick ? ' (quick: these figures say little)' : ''}; ${cpus().length} × ${cpus()[0]?.model ?? '?'}.`,
		'',
		line(head),
		line(head.map(() => '---')),
		...rows.map((row) => line(cells(row))),
		'',
	].join('\n')
}
