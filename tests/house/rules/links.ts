import { posix } from 'node:path'
import { lineOf, type Source, type Violation } from '../kit/sources.ts'

const LINK = /\]\(([^)\s]+)\)/g

/** Links between pages of the repository that lead nowhere. @param exists by path from the repository's root */
export function brokenLinks(pages: readonly Source[], exists: (path: string) => boolean): Violation[] {
	return pages.flatMap(({ path, text }) =>
		[...text.matchAll(LINK)].flatMap((match) => {
			const target = (match[1] ?? '').split('#')[0] ?? ''
			if (target === '' || /^[a-z]+:/.test(target)) return []
			const resolved = posix.normalize(posix.join(posix.dirname(path), target))
			return exists(resolved) ? [] : [`${path}:${lineOf(text, match.index)} links to ${target}, which is not there`]
		}),
	)
}

/** Commands of package.json that start a file which is not there. */
export function brokenScripts(
	scripts: Readonly<Record<string, string>>,
	exists: (path: string) => boolean,
): Violation[] {
	return Object.entries(scripts).flatMap(([name, command]) =>
		[...command.matchAll(/\b(?:src|tools|tests|db|examples)\/[\w./-]+\.ts\b/g)]
			.filter(([file]) => !exists(file))
			.map(([file]) => `«${name}» starts ${file}, which is not there`),
	)
}
