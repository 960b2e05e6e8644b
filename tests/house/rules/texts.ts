import { lineOf, parse, type Source, type Violation } from '../kit/sources.ts'

/** A room's door opens with its story: the first thing in the file is a comment of some length. */
export function untoldRooms(files: readonly Source[]): Violation[] {
	return files
		.filter(({ path }) => /^src\/.*\/index\.tsx?$|^web\/[\w-]+\/index\.tsx?$/.test(path))
		.filter((source) => {
			const { comments, program } = parse(source)
			const first = comments[0]
			const code = (program.body as unknown as { start: number }[])[0]?.start ?? source.text.length
			if (!first || first.start > code) return true
			return first.value.replace(/[\s*]+/g, ' ').trim().length < 40 || source.text.slice(0, first.start).trim() !== ''
		})
		.map(({ path }) => `${path} does not open with a comment that tells what the room is`)
}

/** The product speaks of itself: not of the desks at which it was written, nor of papers that its reader lacks. */
const FOREIGN: readonly RegExp[] = [
	/\/work\//,
	/\.\.\/shared\b|(?<![\w./-])shared\/(SPEC|DESIGN|STYLE|facts|seed)\b/,
	/\b(SPEC|DESIGN|STYLE)\.md\b/,
	/\bfacts\/[a-z-]+\.md\b/,
	/\bseed\/dopa-digital-id\.md\b/,
	/\bthe seed('s| says| asks| names| wants)\b|\bas in the seed\b/i,
	/\b(this|another|an earlier) (coding |work(ing)? )?session (of|wrote|built|was asked)\b/i,
	/\b(the brief|the founder|the CEO|my instructions|helper agents?|sub-?agents?)\b/i,
	/\b(Claude|Anthropic|ChatGPT|OpenAI|Copilot|language model|LLM)\b/,
	/\/tmp\/(contract|scripts-wanted|bash_jobs)/,
]

export function foreignWords(files: readonly Source[]): Violation[] {
	return files.flatMap(({ path, text }) =>
		FOREIGN.flatMap((words) => {
			const match = words.exec(text)
			return match
				? [`${path}:${lineOf(text, match.index)} speaks of something outside the product: «${match[0]}»`]
				: []
		}),
	)
}

/** @param ratchet files that are longer, with the length that they may not pass. Take lines off it, add none. */
export function longFiles(
	files: readonly Source[],
	limit: number,
	ratchet: Readonly<Record<string, number>> = {},
): Violation[] {
	const lengthOf = (text: string): number => text.replace(/\n$/, '').split('\n').length
	const tooLong = files.flatMap(({ path, text }) => {
		const lines = lengthOf(text)
		return lines > (ratchet[path] ?? limit) ? [`${path} has ${lines} lines, over ${ratchet[path] ?? limit}`] : []
	})
	const stale = Object.keys(ratchet).flatMap((path) => {
		const file = files.find((source) => source.path === path)
		if (!file) return [`${path} is gone: take it off the ratchet`]
		return lengthOf(file.text) <= limit ? [`${path} has become short enough: take it off the ratchet`] : []
	})
	return [...tooLong, ...stale]
}

/** A test that is switched off says nothing and looks like one that does; a silenced compiler likewise. */
export function silencedChecks(files: readonly Source[]): Violation[] {
	const silenced = /\b(?:test|it|describe)\.(?:skip|only|todo|failing)\b|@ts-(?:ignore|nocheck|expect-error)\b/g
	return files.flatMap(({ path, text }) =>
		[...text.matchAll(silenced)].map((match) => `${path}:${lineOf(text, match.index)} silences a check: ${match[0]}`),
	)
}
