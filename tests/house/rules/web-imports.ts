import { type Import, importsOf } from '../kit/imports.ts'
import { nodesOf, parse, type Source, type Violation } from '../kit/sources.ts'

const at = (wish: Import): string => `${wish.from}:${wish.line}`

/**
 * The modules of `src/lib` that may run in a browser: they name no package, nothing of `node:` or `bun`, and no
 * module that does.
 */
export function pureLib(lib: readonly Source[]): Set<string> {
	const wishes = new Map(lib.map((source) => [source.path, importsOf(source).filter((wish) => !wish.typeOnly)]))
	const usesBuffer = (source: Source): boolean =>
		[...nodesOf(parse(source).program)].some(
			(node) =>
				node.type === 'Identifier' && (node.name === 'Buffer' || node.name === 'Bun' || node.name === 'process'),
		)
	const pure = new Set(lib.filter((source) => !usesBuffer(source)).map((source) => source.path))
	for (let changed = true; changed; ) {
		changed = false
		for (const path of [...pure]) {
			if (wishes.get(path)?.every((wish) => pure.has(wish.to))) continue
			pure.delete(path)
			changed = true
		}
	}
	return pure
}

/**
 * What the front end may take from the server: the TYPE of the router, types of `src/lib`, and values of the pure
 * modules of `src/lib`, so that what verifies in the browser is the same code.
 */
export function webViolations(wishes: readonly Import[], pure: ReadonlySet<string>): Violation[] {
	return wishes.flatMap((wish) => {
		const { to, typeOnly } = wish
		if (to === '?' || to.startsWith('web/') || to === 'package.json') return []
		if (to.startsWith('node:') || to === 'bun' || to.startsWith('bun:'))
			return [`${at(wish)} uses ${to}, which no browser has`]
		if (/^(db|tests|tools|examples)\//.test(to)) return [`${at(wish)} uses ${to}: web has no part in it`]
		if (!to.startsWith('src/')) return []
		if (typeOnly && (to === 'src/trpc.ts' || to.startsWith('src/lib/'))) return []
		if (typeOnly) return [`${at(wish)} takes a type of ${to}: only the router's type and lib's go to web`]
		if (pure.has(to)) return []
		return [`${at(wish)} takes a value of ${to}, which is not a pure module of src/lib`]
	})
}
