import { MINUTE } from '../../lib/clock.ts'
import type { OfficerActor } from '../../lib/rpc.ts'
import type { ProofingNeeds } from '../needs.ts'
import { isOpen } from '../states.ts'
import { caseView, type OfficeCase, ownCase, selectCase } from './case.ts'

const LOOK_EVERY = 700
/** The stream ends then, and the page opens the next one: no look-out outlives its reader for long. */
const WATCHED = MINUTE

/**
 * The officer's screen follows along: the case as it is, and again after each change, until it has come to an end or a
 * minute is over. It looks into the database, which is right on every runtime; the wake-up only makes it quicker.
 * @throws ServiceError not_allowed
 */
export async function* watchCase(
	needs: ProofingNeeds,
	caseId: string,
	officer: Pick<OfficerActor, 'officerId'>,
	stop?: AbortSignal,
): AsyncGenerator<OfficeCase, void, undefined> {
	const { db, vault, clock, wake } = needs
	const until = clock.now() + WATCHED
	let shown = ''
	while (!stop?.aborted) {
		const found = ownCase(await selectCase(db, caseId).get(), officer)
		const now = clock.now()
		const view = caseView(vault, found, now)
		const face = `${view.state} ${view.endReason} ${view.expiresAt}`
		if (face !== shown) yield view
		shown = face
		if (!isOpen(view.state) || now >= until) return
		await wake.next(caseId, LOOK_EVERY)
	}
}
