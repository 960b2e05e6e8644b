import type { Pid } from '../../../lib/thai/pid.ts'
import type { Faults } from '../faults.ts'
import { people } from '../named-people.ts'
import { RegistryUnavailable } from '../port.ts'
import type { Operation } from '../wire.ts'

type Ask = (operation: Operation, question: unknown) => Promise<unknown>

/** Asks with the faults at work. @throws RegistryUnavailable `down` where that is the fault. */
export async function askWithFaults(
	ask: Ask,
	operation: Operation,
	question: unknown,
	{ slowMs, down, wrong }: Readonly<Faults>,
	signal?: AbortSignal,
): Promise<unknown> {
	if (slowMs > 0) await pause(slowMs, signal)
	if (down) throw new RegistryUnavailable('down')
	switch (wrong) {
		case null:
			return ask(operation, question)
		case 'malformed':
			return spoil(await ask(operation, question))
		case 'other-person':
			return ask(operation, { ...asObject(question), ...aboutSomebodyElse(question) })
		case 'other-number':
			return renumber(await ask(operation, question))
	}
}

/** @throws RegistryUnavailable where the one who asked has gone. */
function pause(ms: number, signal?: AbortSignal): Promise<void> {
	return new Promise((resolve, reject) => {
		const timer = setTimeout(resolve, ms)
		signal?.addEventListener('abort', () => {
			clearTimeout(timer)
			reject(new RegistryUnavailable('down'))
		})
	})
}

const asObject = (value: unknown): Record<string, unknown> =>
	typeof value === 'object' && value !== null ? { ...value } : {}

const somebodyElse = (pid: unknown): Pid => (pid === people.somchai.pid ? people.somying.pid : people.somchai.pid)

/** Questions about places are about another place. */
function aboutSomebodyElse(question: unknown): Record<string, unknown> {
	const asked = asObject(question)
	if ('pid' in asked) return { pid: somebodyElse(asked.pid) }
	if ('code' in asked) return { code: asked.code === '1001' ? '1002' : '1001' }
	if ('provinceCode' in asked) return { provinceCode: asked.provinceCode === '10' ? '11' : '10' }
	if ('districtCode' in asked) return { districtCode: asked.districtCode === '1001' ? '1002' : '1001' }
	return {}
}

/** An answer with one thing wrong inside, so that only who looks everywhere notices. */
function spoil(answer: unknown): unknown {
	const spoilt = asObject(answer)
	const record = asObject(spoilt.record)
	if ('person' in record)
		return { ...spoilt, record: { ...record, person: { ...asObject(record.person), birthdate: '25330512' } } }
	if ('portrait' in spoilt) return { ...spoilt, portrait: { mediaType: 'image/jpeg', base64: 'PGh0bWw+' } }
	if ('check' in spoilt) return { ...spoilt, check: { code: 3, text: '' } }
	return { result: 'OK' }
}

/** The right record under a wrong number: inside it where there is a record, else on the outside. */
function renumber(answer: unknown): unknown {
	const wrong = asObject(answer)
	const record = asObject(wrong.record)
	if ('person' in record) {
		const person = asObject(record.person)
		return { ...wrong, record: { ...record, person: { ...person, pid: somebodyElse(person.pid) } } }
	}
	return 'pid' in wrong ? { ...wrong, pid: somebodyElse(wrong.pid) } : wrong
}
