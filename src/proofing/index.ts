/**
 * Proving who somebody is, and giving them a digital ID: enrolment at a registration office.
 *
 * 1. `officer/` – an officer joins by a one-time link with a passkey of their own and signs in with it.
 * 2. `office/look-up.ts` – the card's number is typed; the authoritative source is asked; who may not enrol is refused
 *    with a reason, and nothing of it is stored but the event.
 * 3. `office/link.ts` – the officer has compared the face; a link for the citizen's own phone is made.
 * 4. `citizen/open.ts` – the first phone has the link, a second one ends the case. `options.ts` – PIN by its rules, then
 *    the passkey. `finish.ts` – one batch: the digital ID stands and the device before is over, or nothing has happened.
 *
 * The officer's screen follows along (`office/watch.ts`) and never sees the PIN. A case holds the person's data only
 * while it is open (`states.ts`); what stays is a record of facts, from which `decision.ts` derives the level.
 */
export { createEnrolRouter } from './citizen/router.ts'
export { type Conclusion, decide, type Evidence, IAL_TABLE, type Ial } from './decision.ts'
export { PROOFING_DEFAULTS, type ProofingNeeds, type ProofingSettings } from './needs.ts'
export type { CaseSubject, OfficeCase } from './office/case.ts'
export { createOfficeRouter, type OfficerProfile } from './office/router.ts'
export { watchCase } from './office/watch.ts'
export { INVITATION_LIFE, newInvitation } from './officer/invitation.ts'
export { findOfficer, ownPidIndex } from './officer/session.ts'
export { sweepEnrolments } from './states.ts'
