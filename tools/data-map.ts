import { join, resolve } from 'node:path'
import { getTableColumns, getTableName } from 'drizzle-orm'
import type { SQLiteTable } from 'drizzle-orm/sqlite-core'
import { type Label, labelOf } from '../db/columns.ts'
import { type Node, nodesOf, parse, repository, type Source, sources } from '../tests/house/kit/sources.ts'
import { tablesOf } from '../tests/house/rules/columns.ts'

/**
 * `bun run data-map` writes docs/data-map.md: every table, column and label, with the comments that stand at them in
 * `db/schema`. A test fails while the page and the schema differ.
 */
const HEAD = `# Data map

*Made from \`db/schema\` by \`bun run data-map\`; do not edit.*

What the provider stores, column by column. The label says how much care a column needs:

- **plain**: whoever runs the system may read it. Identifiers in it are random and say nothing of the person by themselves.
- **personal**: about a person. Sealed (AES-256-GCM, bound to table, row and column) or a keyed hash.
- **secret**: would let its reader act as somebody. Stored as a hash, or sealed.

The civil registry is somebody else's system: its data are not stored here but for the sealed last answer about an
account. The embedded simulator of it keeps a database of its own.
`

const WORDS: Record<Label, string> = { plain: 'plain', personal: '**personal**', secret: '**secret**' }

/** @param files of the schema, with their text; their modules are imported from where they stand. */
export async function dataMap(files: readonly Source[]): Promise<string> {
	const parts: string[] = [HEAD]
	for (const file of files) {
		const comments = commentsAt(file)
		const tables = tablesOf(await import(resolve(repository, file.path)))
		if (tables.length === 0) continue
		parts.push(`## ${file.path}\n`)
		for (const table of tables) parts.push(tableSection(table, comments))
	}
	return `${parts.join('\n').trimEnd()}\n`
}

function tableSection(table: SQLiteTable, comments: ReadonlyMap<string, string>): string {
	const name = getTableName(table)
	const rows = Object.entries(getTableColumns(table)).map(([key, column]) => {
		const label = labelOf(column)
		const type = `${column.getSQLType()}${column.notNull ? '' : '?'}`
		const sqlName = key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
		return `| \`${sqlName}\` | ${type} | ${label ? WORDS[label] : 'none!'} | ${comments.get(`${name}.${key}`) ?? ''} |`
	})
	const told = comments.get(name)
	return [
		`### ${name}\n`,
		...(told ? [`${told}\n`] : []),
		'| column | type | label | |',
		'|---|---|---|---|',
		...rows,
		'',
	].join('\n')
}

const CELL_BREAKS = /\|/g

/** The doc comments of tables (`accounts`) and of their columns (`accounts.pidIndex`). */
function commentsAt(file: Source): Map<string, string> {
	const { program, comments } = parse(file)
	const docs = comments.filter(({ type, value }) => type === 'Block' && value.startsWith('*'))
	/** The comment that ends right before this offset. */
	const before = (offset: number): string | null => {
		const doc = docs.find(({ end }) => end <= offset && file.text.slice(end, offset).trim() === '')
		if (!doc) return null
		const lines = doc.value.slice(1).split('\n')
		return lines
			.map((line) => line.replace(/^\s*\* ?/, '').trim())
			.join(' ')
			.trim()
			.replace(CELL_BREAKS, '\\|')
	}
	const found = new Map<string, string>()
	const keep = (key: string, offset: number): void => {
		const doc = before(offset)
		if (doc) found.set(key, doc)
	}
	for (const statement of program.body as unknown as Node[]) {
		for (const node of nodesOf(statement)) {
			const call = tableCall(node)
			if (!call) continue
			keep(call.name, statement.start)
			for (const property of call.columns)
				keep(`${call.name}.${(property.key as { name: string }).name}`, property.start)
		}
	}
	return found
}

/** `sqliteTable('name', { … })` */
function tableCall(node: Node): { name: string; columns: Node[] } | null {
	if (node.type !== 'CallExpression' || (node.callee as { name?: string }).name !== 'sqliteTable') return null
	const [name, columns] = node.arguments as [{ value: string }, { properties?: Node[] }]
	return { name: name.value, columns: columns.properties ?? [] }
}

export const dataMapPath = join(repository, 'docs/data-map.md')

export const schemaSources = (): Source[] => sources((path) => /^db\/schema\/[\w-]+\.ts$/.test(path))

if (import.meta.main) await Bun.write(dataMapPath, await dataMap(schemaSources()))
