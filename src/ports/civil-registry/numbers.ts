import { asPid, type Pid, pidCheckDigit } from '../../lib/thai/pid.ts'

/**
 * How the synthetic country makes its numbers. Each is a function of a person's running number, so that the same seed
 * gives the same people, and each stands where no real one can:
 *
 * - a PID's digits 2–3 are 98, and no province has that code (they run from 10 to 96);
 * - a laser code begins with ZZ, a card number with 98;
 * - a house code begins with its office's code, as real ones do. How the last of its 11 digits is made is not public,
 *   so here the seven after the office just count.
 *
 * Running numbers below 1,000 belong to the people in `named-people.ts`.
 */
export const FIRST_UNNAMED = 1_000

/** @param category the first digit; @param running 0 … 999,999,999 */
export function syntheticPid(category: string, running: number): Pid {
	const first12 = `${category}98${digits(running, 9)}`
	return asPid(`${first12}${pidCheckDigit(first12)}`)
}

/** The number under the photo (14 digits): it counts up with each new card of the same person. */
export function syntheticCardNumber(running: number, generation: number): string {
	return `98${digits(running, 10)}${digits(generation, 2)}`
}

/** ZZ and 10 digits. Multiplying by a number without common factor with 10^10 scatters them and keeps them apart. */
export function syntheticLaserCode(running: number, generation: number): string {
	return `ZZ${digits(Number((BigInt(running * 100 + generation) * 4_827_193_117n) % 10_000_000_000n), 10)}`
}

export function syntheticChipNumber(running: number, generation: number): string {
	return `98${digits(running, 10)}${digits(generation, 2)}00`
}

export function syntheticHouseCode(officeCode: string, running: number): string {
	return `${officeCode}${digits(running, 7)}`
}

const digits = (value: number, width: number): string => String(value).padStart(width, '0')
