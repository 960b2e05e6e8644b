/**
 * The embedded authoritative source: a synthetic country in a database of its own, for whoever has no Linkage Center.
 *
 * `seed.ts` makes it: real places (`geography.ts`), the named people (`../named-people.ts`), and a crowd around them
 * (`population.ts`, `family.ts`, `cards.ts`), all thrown with dice from one seed (`dice.ts`), so that the same seed
 * gives the same people. `look-ups.ts` and `card-check.ts` answer, `portrait.ts` draws faces, `edit.ts` changes lives,
 * `faulty.ts` has bad days. `open.ts` ties them together.
 *
 * This entry brings libSQL. Where a program only talks to the Linkage Center, import `../index.ts` and not this.
 * Nothing but these files opens the database.
 */

export { readGeography } from './geography.ts'
export type { SimulatorDb } from './look-ups.ts'
export { openSimulator, type SimulatorOptions } from './open.ts'
export { drawPortrait } from './portrait.ts'
export { tables } from './tables.ts'
