import { dottedName, lineOf, type Node, nodesOf, parse, type Source, type Violation } from '../kit/sources.ts'

/**
 * Time, randomness and settings are handed in. Who asks the machine for them, where a rule could have been given
 * them, cannot be tested by the clock or replayed.
 */
const MACHINE = new Set([
	'Date.now',
	'performance.now',
	'crypto.getRandomValues',
	'crypto.randomUUID',
	'Math.random',
	'Bun.nanoseconds',
])

const READS = /^(process\.env|Bun\.env|import\.meta\.env|process\.argv|Bun\.argv)$/

const stripGlobal = (name: string): string => name.replace(/^(globalThis|self|window)\./, '')

function impureUse(node: Node): string | null {
	if (node.type === 'NewExpression' && dottedName(node.callee) !== null) {
		const name = stripGlobal(dottedName(node.callee) ?? '')
		return name === 'Date' && (node.arguments as unknown[]).length === 0 ? 'new Date()' : null
	}
	if (node.type === 'CallExpression') return (node.callee as Node).type === 'Identifier' ? calledByName(node) : null
	if (node.type !== 'MemberExpression') return null
	const name = stripGlobal(dottedName(node) ?? '')
	// Also where it is handed on without a call: `now: Date.now`.
	return READS.test(name) || MACHINE.has(name) ? name : null
}

function calledByName(call: Node): string | null {
	const name = dottedName(call.callee)
	return name === 'Date' || name === 'randomUUID' || name === 'getRandomValues' ? `${name}()` : null
}

const NODE_RANDOM = new Set(['randomBytes', 'randomUUID', 'randomFillSync', 'getRandomValues', 'webcrypto'])

function importedRandomness(node: Node): string | null {
	if (node.type !== 'ImportDeclaration') return null
	const from = (node.source as { value?: string }).value ?? ''
	if (!/^(node:)?crypto$/.test(from)) return null
	for (const specifier of node.specifiers as Node[]) {
		const name = (specifier.imported as { name?: string } | undefined)?.name
		if (name !== undefined && NODE_RANDOM.has(name)) return `${name} of ${from}`
	}
	return null
}

/** @param places files in which it is allowed, each with the reason why. */
export function impureUses(files: readonly Source[], places: Readonly<Record<string, string>> = {}): Violation[] {
	return files
		.filter((source) => !(source.path in places))
		.flatMap((source) => {
			const found = new Set<string>()
			for (const node of nodesOf(parse(source).program)) {
				const use = impureUse(node) ?? importedRandomness(node)
				if (use) found.add(`${source.path}:${lineOf(source.text, node.start)} asks the machine: ${use}`)
			}
			return [...found]
		})
}
