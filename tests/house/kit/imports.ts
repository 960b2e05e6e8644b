import { lineOf, nodesOf, parse, resolveSpecifier, type Source } from './sources.ts'

/** One file's wish for another: static, re-exported, dynamic, or a type's `import('…')`. */
export interface Import {
	from: string
	/** A path from the repository's root, or a package's name. */
	to: string
	/** Erased at build: nothing of the other file runs. */
	typeOnly: boolean
	line: number
}

const text = (literal: unknown): string | null => {
	const value = (literal as { value?: unknown } | null | undefined)?.value
	return typeof value === 'string' ? value : null
}

const isTypeSpecifier = (specifier: unknown): boolean => {
	const { importKind, exportKind } = specifier as { importKind?: string; exportKind?: string }
	return importKind === 'type' || exportKind === 'type'
}

/**
 * Reads a file's imports from its syntax tree. `import { type A } from` counts as types only although the statement
 * stays in the output, since nothing is taken by it but types.
 * An `import(…)` whose name is worked out at run time cannot be followed and is reported as `?`.
 */
export function importsOf(source: Source): Import[] {
	const found: Import[] = []
	const add = (specifier: string | null, typeOnly: boolean, offset: number): void => {
		found.push({
			from: source.path,
			to: specifier === null ? '?' : resolveSpecifier(source.path, specifier),
			typeOnly,
			line: lineOf(source.text, offset),
		})
	}
	for (const node of nodesOf(parse(source).program)) {
		switch (node.type) {
			case 'ImportDeclaration':
			case 'ExportNamedDeclaration': {
				if (!node.source) break
				const specifiers = node.specifiers as unknown[]
				const kind = node.importKind ?? node.exportKind
				add(
					text(node.source),
					kind === 'type' || (specifiers.length > 0 && specifiers.every(isTypeSpecifier)),
					node.start,
				)
				break
			}
			case 'ExportAllDeclaration':
				add(text(node.source), node.exportKind === 'type', node.start)
				break
			case 'ImportExpression':
				add(text(node.source), false, node.start)
				break
			case 'TSImportType':
				add(text(node.source), true, node.start)
				break
			case 'TSExternalModuleReference':
				add(text(node.expression), false, node.start)
				break
			case 'CallExpression':
				if ((node.callee as { name?: string }).name === 'require')
					add(text((node.arguments as unknown[])[0]), false, node.start)
				break
		}
	}
	return found
}
