import { lineOf, type Node, nodesOf, parse, type Source, type Violation } from '../kit/sources.ts'

/** D1 has no interactive transactions, and on a libSQL file one that waits stops every other writer. */
export function interactiveTransactions(files: readonly Source[]): Violation[] {
	return files.flatMap((source) =>
		[...nodesOf(parse(source).program)]
			.filter((node) => node.type === 'CallExpression' && methodOf(node) === 'transaction')
			.map((node) => `${source.path}:${lineOf(source.text, node.start)} opens a transaction; use atomically()`),
	)
}

function methodOf(call: Node): string | null {
	const callee = call.callee as { type: string; computed?: boolean; property?: { name?: string; value?: string } }
	if (callee.type !== 'MemberExpression') return null
	return callee.property?.name ?? callee.property?.value ?? null
}
