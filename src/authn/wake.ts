/**
 * An in-process nudge for whoever watches a row: under Bun a waiting page learns of a change at once instead of at its
 * next look. It is only ever an optimisation: on Workers another isolate makes the change, and the look finds it.
 */
export interface Wake {
	/** Something about this id has changed. */
	touch(id: string): void
	/** Resolves at the next touch, or after `ms`. */
	next(id: string, ms: number): Promise<void>
}

export function createWake(): Wake {
	const waiting = new Map<string, Set<() => void>>()
	return {
		touch(id) {
			for (const wake of waiting.get(id) ?? []) wake()
		},
		next(id, ms) {
			return new Promise((resolve) => {
				const set = waiting.get(id) ?? new Set()
				waiting.set(id, set)
				const done = () => {
					clearTimeout(timer)
					set.delete(done)
					if (set.size === 0) waiting.delete(id)
					resolve()
				}
				const timer = setTimeout(done, ms)
				set.add(done)
			})
		},
	}
}
