import type { Target } from './target.ts'

export interface Check {
	what: string
	/** Where it is demanded. */
	source: string
	/** @throws Error with what was found instead */
	run(target: Target): Promise<void>
}
