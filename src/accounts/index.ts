/**
 * A citizen's digital ID, from the first enrolment to its end.
 *
 * `lifecycle.ts` is the rule of life as a pure table: the authoritative source's answer, the card's dates and what was
 * before → active, warned, in grace or suspended. `eligibility.ts` is the stricter rule for enrolling. Neither knows a
 * database.
 *
 * `snapshot.ts` keeps what the source last answered (person and card, sealed into the account's row) and draws the
 * card's face from it; `names.ts` writes names as people read them, or masks them. `endings.ts` has the statements that
 * end a device with all that hangs on it: one device at a time, and nothing of an old one survives it; `freezing.ts` those
 * that suspend a digital ID whose device is gone, and take that back;
 * `session-endings.ts` those that end a session, of which its relying parties are told.
 */
export { ageOn, isLatestCard, MINIMUM_AGE, refusalFor } from './eligibility.ts'
export { endDevice, livingAccount } from './endings.ts'
export { canBeFrozen, freeze, thaw } from './freezing.ts'
export {
	evaluate,
	GRACE_DAYS_AFTER_EXPIRY,
	type LifecycleQuestion,
	type LifecycleWarning,
	type RegistryReason,
	type SuspensionReason,
	type Verdict,
	WARN_DAYS_BEFORE_EXPIRY,
} from './lifecycle.ts'
export { displayName, maskedName } from './names.ts'
export { endSessions, inheritClients, type SessionsEnding } from './session-endings.ts'
export {
	type CardFace,
	cardFace,
	dataUrl,
	readSnapshot,
	type Snapshot,
	type SnapshotCard,
	type SnapshotRow,
	sealSnapshot,
	toSnapshot,
} from './snapshot.ts'
