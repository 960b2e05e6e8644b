import type { CivilRegistry, Portrait } from './port.ts'
import { RegistryUnavailable } from './port.ts'
import { type Answer, type Operation, operations, type Question } from './wire.ts'

/** Carries one question to the authoritative source and brings back whatever comes. It judges nothing. */
export interface RegistryTransport {
	/** @throws RegistryUnavailable `down`; anything else that it throws counts as `down` too. */
	ask(operation: Operation, question: unknown, signal: AbortSignal): Promise<unknown>
}

/**
 * The port over a transport. Here stand the checks that every adapter owes its callers: an answer within the time, in
 * the agreed form, to the question that was asked. All else is `RegistryUnavailable`; its message holds no data.
 */
export function registryOver(transport: RegistryTransport, options: { timeoutMs: number }): CivilRegistry {
	async function ask<O extends Operation>(operation: O, question: Question<O>): Promise<Answer<O>> {
		const raw = await withinTime(options.timeoutMs, (signal) => transport.ask(operation, question, signal))
		const read = operations[operation].answer.safeParse(raw)
		if (!read.success) throw new RegistryUnavailable('malformed')
		return read.data as Answer<O>
	}

	return {
		async findPerson(pid, purpose) {
			const answer = await ask('find-person', { pid, purpose })
			mustBeSame(answer.pid, pid)
			if (answer.record) mustBeSame(answer.record.person.pid, pid)
			return answer.record
		},
		async portrait(pid, purpose) {
			const answer = await ask('portrait', { pid, purpose })
			mustBeSame(answer.pid, pid)
			return answer.portrait && readPortrait(answer.portrait)
		},
		async checkCardByLaser(query) {
			const answer = await ask('check-card-by-laser', query)
			mustBeSame(answer.pid, query.pid)
			return answer.check
		},
		async checkCardByChip(query) {
			const answer = await ask('check-card-by-chip', query)
			mustBeSame(answer.pid, query.pid)
			return answer.check
		},
		async provinces() {
			return (await ask('provinces', {})).provinces
		},
		async districts(provinceCode) {
			const answer = await ask('districts', { provinceCode })
			mustBeSame(answer.provinceCode, provinceCode)
			for (const district of answer.districts) mustBeSame(district.provinceCode, provinceCode)
			return answer.districts
		},
		async offices(districtCode) {
			const answer = await ask('offices', { districtCode: districtCode ?? null })
			mustBeSame(answer.districtCode, districtCode ?? null)
			if (districtCode) for (const office of answer.offices) mustBeSame(office.districtCode, districtCode)
			return answer.offices
		},
		async office(code) {
			const answer = await ask('office', { code })
			mustBeSame(answer.code, code)
			if (answer.office) mustBeSame(answer.office.code, code)
			return answer.office
		},
	}
}

function mustBeSame(answered: string | null, asked: string | null): void {
	if (answered !== asked) throw new RegistryUnavailable('malformed')
}

/** Ends the wait after `timeoutMs`, whether or not the transport listens to its signal. */
async function withinTime<T>(timeoutMs: number, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
	const controller = new AbortController()
	let timer: ReturnType<typeof setTimeout> | undefined
	const tooLate = new Promise<never>((_, reject) => {
		timer = setTimeout(() => {
			reject(new RegistryUnavailable('timeout'))
			controller.abort()
		}, timeoutMs)
	})
	try {
		return await Promise.race([work(controller.signal), tooLate])
	} catch (error) {
		// The cause is left out on purpose: it may quote what was asked.
		throw error instanceof RegistryUnavailable ? error : new RegistryUnavailable('down')
	} finally {
		clearTimeout(timer)
	}
}

const STARTS: Record<Portrait['mediaType'], readonly number[]> = {
	'image/jpeg': [0xff, 0xd8, 0xff],
	'image/png': [0x89, 0x50, 0x4e, 0x47],
	'image/svg+xml': [0x3c, 0x73, 0x76, 0x67],
}

/** A picture must be what it says it is: it ends in a page of ours. */
function readPortrait(sent: { mediaType: Portrait['mediaType']; base64: string }): Portrait {
	const bytes = Uint8Array.fromBase64(sent.base64)
	if (!STARTS[sent.mediaType].every((byte, index) => bytes[index] === byte)) throw new RegistryUnavailable('malformed')
	return { mediaType: sent.mediaType, bytes }
}
