/**
 * Bad days of the authoritative source, for whoever wants to see what the product does then. Each switch is a thing
 * that the real one has done; an adapter must turn every one of them into `RegistryUnavailable`, never into an answer.
 */
export interface Faults {
	/** Milliseconds before any answer. */
	slowMs: number
	/** No answer at all. */
	down: boolean
	/**
	 * `malformed`: the answer is not in the agreed form · `other-person`: the whole answer is about somebody else ·
	 * `other-number`: the right person under a wrong number.
	 */
	wrong: 'malformed' | 'other-person' | 'other-number' | null
}

const NO_FAULTS: Readonly<Faults> = { slowMs: 0, down: false, wrong: null }

export interface FaultControl {
	/** What is not named stays as it is. */
	set(faults: Partial<Faults>): void
	clear(): void
	current(): Readonly<Faults>
}

export function createFaultControl(): FaultControl {
	let faults: Faults = { ...NO_FAULTS }
	return {
		set: (change) => {
			faults = { ...faults, ...change }
		},
		clear: () => {
			faults = { ...NO_FAULTS }
		},
		current: () => faults,
	}
}
