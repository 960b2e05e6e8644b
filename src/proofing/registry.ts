import { ServiceError } from '../lib/errors.ts'
import { type BilingualText, type CivilRegistry, RegistryUnavailable } from '../ports/civil-registry/index.ts'

/** An office as people are told of it: its name in both languages, and its code. */
export interface Office extends BilingualText {
	code: string
}

/** Asks the AS. @throws ServiceError registry_unavailable where it does not answer: nothing is concluded from silence */
export async function ask<T>(question: Promise<T>): Promise<T> {
	try {
		return await question
	} catch (error) {
		if (error instanceof RegistryUnavailable) throw new ServiceError('registry_unavailable')
		throw error
	}
}

/** @throws Error where an officer is bound to an office that the register does not know: a mistake of the operator */
export async function officeOf(registry: CivilRegistry, code: string): Promise<Office> {
	const office = await ask(registry.office(code))
	if (!office) throw new Error(`the register knows no office ${code}`)
	return { code: office.code, th: office.name.th, en: office.name.en }
}
