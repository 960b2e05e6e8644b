import { cpus } from 'node:os'

export interface Row {
	what: string
	ours: string
	peer: string
	/** What is held against the limit, in `unit`; a ratio where the unit is ×. */
	value: number
	limit: number
	unit: '×' | 'ms' | 'kB'
	note: string
}

const CPU = 'server CPU for 1,000'

/** What is measured and how much it may be. */
export const limits = {
	token: { what: `code exchange, ${CPU}`, limit: 0.6 },
	authorize: { what: `silent authorize, ${CPU}`, limit: 0.6 },
	userinfo: { what: `userinfo, ${CPU}`, limit: 0.9 },
	discovery: { what: `discovery, ${CPU}`, limit: 0.2 },
	jwks: { what: `JWKS, ${CPU}`, limit: 0.2 },
	start: { what: 'cold start to the first 200', limit: 0.5 },
	page: { what: 'sign-in page until usable, gzip', limit: 40 },
	edge: { what: 'cold start in workerd', limit: 150 },
	population: { what: `whole sign-in by QR, ${CPU}`, limit: 1.2 },
} as const

/** The table, with what a reader needs to judge it. */
export function toMarkdown(
	rows: readonly Row[],
	systems: { ours: { name: string }; peer: { name: string } },
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
			row.value <= row.limit ? 'yes' : 'NO',
			row.note,
		]
	}
	const head = ['', 'ours', 'peer', 'figure', 'limit', 'met', 'what is done (ours / peer)']
	const line = (parts: string[]) => `| ${parts.join(' | ')} |`
	return [
		`**Ours**: ${systems.ours.name}. **Peer**: ${systems.peer.name}. Both on SQLite, WAL, synchronous=FULL, ES256,`,
		'client_secret_basic, PKCE, the same claims; 16 connections from another process, in turn, medians of',
		`${run.rounds} rounds${run.isQuick ? ' (quick: these figures say little)' : ''}; ${cpus().length} × ${cpus()[0]?.model ?? '?'}.`,
		'',
		line(head),
		line(head.map(() => '---')),
		...rows.map((row) => line(cells(row))),
		'',
	].join('\n')
}
