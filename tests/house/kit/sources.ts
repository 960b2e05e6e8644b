import { readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { type ParseResult, parseSync } from 'vite'

/**
 * The product's own files, as the rules of the house read them. A rule takes files and returns what breaks it, so
 * that each rule can be shown a file that is wrong.
 */
export interface Source {
	/** From the repository's root, with `/`. */
	path: string
	text: string
}

/** One place that breaks a rule: `path:line what is wrong`. */
export type Violation = string

export const repository = resolve(import.meta.dir, '../../..')

/** What git tracks or would track: nothing that is built, installed or ignored. */
export function filesOfTheProject(): string[] {
	const { stdout, exitCode } = Bun.spawnSync(['git', 'ls-files', '--cached', '--others', '--exclude-standard', '-z'], {
		cwd: repository,
	})
	if (exitCode !== 0) throw new Error('the house rules read the list of files from git')
	return [...new Set(stdout.toString().split('\0'))].filter((path) => path !== '').sort()
}

/** Reads the files whose path fits. A file that git still lists but that is gone from the disk is left out. */
export function sources(fits: (path: string) => boolean): Source[] {
	return filesOfTheProject()
		.filter(fits)
		.flatMap((path) => {
			try {
				return [{ path, text: readFileSync(resolve(repository, path), 'utf8') }]
			} catch {
				return []
			}
		})
}

export const isCode = (path: string): boolean => /\.(ts|tsx)$/.test(path) && !path.endsWith('.d.ts')

export const under =
	(...folders: string[]) =>
	(path: string): boolean =>
		folders.some((folder) => path.startsWith(`${folder}/`))

export function lineOf(text: string, offset: number): number {
	return text.slice(0, offset).split('\n').length
}

/** A node of the syntax tree (ESTree with TypeScript's nodes), read without trusting its shape. */
export interface Node {
	type: string
	start: number
	end: number
	[key: string]: unknown
}

const parsed = new Map<string, ParseResult>()

/** @throws Error where the file is no TypeScript. */
export function parse(source: Source): ParseResult {
	const key = `${source.path}\0${source.text}`
	const known = parsed.get(key)
	if (known) return known
	const result = parseSync(source.path, source.text, { astType: 'ts' })
	const [error] = result.errors
	if (error) throw new Error(`${source.path}: ${error.message}`)
	parsed.set(key, result)
	return result
}

const isNode = (value: unknown): value is Node =>
	typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string'

/** Every node of the tree, parents first. */
export function* nodesOf(root: unknown): Generator<Node> {
	if (Array.isArray(root)) {
		for (const item of root) yield* nodesOf(item)
	} else if (isNode(root)) {
		yield root
		for (const value of Object.values(root)) if (typeof value === 'object' && value !== null) yield* nodesOf(value)
	}
}

/** `a.b.c` as a dotted name, or `null` where the expression is something else. */
export function dottedName(node: unknown): string | null {
	if (!isNode(node)) return null
	if (node.type === 'Identifier') return String(node.name)
	if (node.type === 'MetaProperty') return `${dottedName(node.meta)}.${dottedName(node.property)}`
	if (node.type === 'ChainExpression' || node.type === 'TSNonNullExpression' || node.type === 'ParenthesizedExpression')
		return dottedName(node.expression)
	if (node.type !== 'MemberExpression') return null
	const object = dottedName(node.object)
	if (object === null || !isNode(node.property)) return null
	if (node.computed) {
		const { value } = node.property
		return typeof value === 'string' ? `${object}.${value}` : null
	}
	return `${object}.${String(node.property.name)}`
}

/** `../a.ts` seen from `src/b/c.ts` is `src/a.ts`; a package's name stays as it is. */
export function resolveSpecifier(from: string, specifier: string): string {
	if (!specifier.startsWith('.')) return specifier
	return resolve('/', dirname(from), specifier).slice(1)
}
