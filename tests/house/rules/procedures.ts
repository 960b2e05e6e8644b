import { nodesOf, parse, type Source, type Violation } from '../kit/sources.ts'

const ROLES = new Set(['public', 'citizen', 'officer'])
const ASSURANCES = new Set(['none', 'session', 'ceremony'])

/** What tRPC keeps of a procedure, as far as the rule reads it. */
interface Procedure {
	_def: { type?: string; meta?: unknown }
}

/**
 * Every procedure says who may call it and how fresh the proof must be.
 * @param procedures `_def.procedures` of a router: by their dotted path (its type tells another shape than it has).
 */
export function undeclaredProcedures(procedures: object): Violation[] {
	return Object.entries(procedures as Record<string, Procedure>).flatMap(([path, { _def }]) => {
		const { role, assurance } = (_def.meta ?? {}) as { role?: string; assurance?: string }
		if (!ROLES.has(role ?? '') || !ASSURANCES.has(assurance ?? '')) return [`${path} declares no role and assurance`]
		if (role !== 'public' && assurance === 'none') return [`${path} is for a ${role} and asks for no assurance`]
		return []
	})
}

/** The builder behind `lib/rpc.ts` would make procedures without a declaration: nobody else may take it. */
export function builderViolations(files: readonly Source[]): Violation[] {
	return files
		.filter(({ path }) => path !== 'src/lib/rpc.ts')
		.filter((source) =>
			[...nodesOf(parse(source).program)].some(
				(node) => node.type === 'ImportSpecifier' && (node.imported as { name?: string }).name === 'initTRPC',
			),
		)
		.map(({ path }) => `${path} takes tRPC's own builder; use the procedures of src/lib/rpc.ts`)
}
