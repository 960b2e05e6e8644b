import { z } from 'zod'
import type { Pid } from '../../lib/thai/pid.ts'
import type { FaultControl } from './faults.ts'
import type { CivilRegistry } from './port.ts'
import type { Operation } from './wire.ts'

/**
 * What a simulator can do beyond the port. Only types and one schema stand here, so that `linkage/serve.ts` can serve
 * a simulator without drawing its database in.
 */
export interface RegistrySimulator extends CivilRegistry {
	faults: FaultControl
	/**
	 * One question in the form of `wire.ts`, with the faults at work. What it gives back is not checked.
	 * @throws RegistryUnavailable `down`; ZodError where the question has not its form.
	 */
	answer(operation: Operation, question: unknown, signal?: AbortSignal): Promise<unknown>
	/** Something happens to a person of the country. @throws Error where there is no such person, card or house. */
	edit(pid: Pid, change: RegistryChange): Promise<void>
	/** The named people and their houses as on their first day, their dates counted from today; undoes every edit of them. */
	restoreNamedPeople(): Promise<void>
	/** The houses of which a person is the householder; the person stands in the register of one of them at most. */
	householderOf(pid: Pid): Promise<string[]>
	close(): void
}

const bilingual = z.object({ th: z.string().max(200), en: z.string().max(200) })

/** What can happen to a person. Days count from the day of the change. */
export const registryChange = z.discriminatedUnion('act', [
	/** A new card, normal, with the words that the register holds now. Default: eight years. */
	z.object({ act: z.literal('renewCard'), expiresInDays: z.int().optional() }),
	/** The register's name changes; the card keeps the old words and ends. */
	z.object({
		act: z.literal('changeName'),
		title: bilingual.optional(),
		givenName: bilingual.optional(),
		middleName: bilingual.optional(),
		familyName: bilingual.optional(),
	}),
	/** Into the house of this code as a resident; `null`: out of every register. The card keeps the old address and ends. */
	z.object({ act: z.literal('move'), houseCode: z.string().nullable() }),
	z.object({ act: z.literal('die') }),
	z.object({ act: z.literal('loseCard') }),
	z.object({ act: z.literal('setStatus'), status: z.enum(['normal', 'dead', 'missing', 'removed']) }),
	z.object({
		act: z.literal('setCardStatus'),
		status: z.enum(['normal', 'name_changed', 'address_changed', 'lost', 'damaged', 'cancelled', 'abnormal']),
	}),
	z.object({ act: z.literal('setCardExpiry'), inDays: z.int().nullable() }),
])

export type RegistryChange = z.infer<typeof registryChange>
