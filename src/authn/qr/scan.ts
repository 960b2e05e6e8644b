import { and, eq } from 'drizzle-orm'
import { schema } from '../../../db/client.ts'
import { SECOND } from '../../lib/clock.ts'
import { newId, randomInt } from '../../lib/random.ts'
import type { AuthnDeps } from '../needs.ts'
import type { Frame } from './frames.ts'
import { end, whyNot } from './moves.ts'
import type { SignInRow } from './reads.ts'

const { signIns } = schema

/** A phone that comes with a frame. */
export interface Scan {
	frame: Frame
	from: 'camera' | 'scanner'
	browserHash: string
	now: number
}

/** What the scan has made of the sign-in. */
export interface Scanned {
	/** Three, in the order in which the phone shows them. */
	numbers: number[]
	/** ms; a later look does not move it. */
	decideBy: number
}

/** The phone that has it may look again with an old frame: a reload, a prefetch, a second try. */
export function isOwner(signIn: SignInRow, browserHash: string): boolean {
	return signIn.state === 'scanned' && signIn.scannerHash === browserHash
}

/**
 * Whether the frame may still be scanned: of the QR that is shown now, and young enough for the way it came. A second
 * in the future is one that a faster clock of ours made.
 */
export function isFresh(deps: AuthnDeps, { qrFrom }: SignInRow, { frame, from, now }: Scan): boolean {
	const age = now - frame.second * SECOND
	const { frameFromScanner, frameFromCamera } = deps.limits
	const oldest = from === 'scanner' ? frameFromScanner : frameFromCamera
	return qrFrom !== null && frame.second >= Math.floor(qrFrom / SECOND) && age <= oldest && age >= -SECOND
}

/**
 * The first phone to scan owns the sign-in, by one guarded statement. A second one ends it: two phones have seen the
 * same QR, and nobody can say which of them stands before the screen.
 * @throws ServiceError qr_scanned_elsewhere, or why it was over before
 */
export async function claim(deps: AuthnDeps, signIn: SignInRow, scan: Scan): Promise<Scanned> {
	if (isOwner(signIn, scan.browserHash)) return readScanned(signIn)
	const numbers = threeNumbers(deps)
	const [claimed] = await deps.db
		.update(signIns)
		.set({
			state: 'scanned',
			path: 'qr',
			scannerHash: scan.browserHash,
			scannedAt: scan.now,
			numbers: JSON.stringify(numbers),
			number: numbers[randomInt(deps.random, numbers.length)] ?? 0,
			// Whatever began in the waiting browser itself is over.
			challenge: null,
			lastAct: newId(deps.random, 'act'),
			expiresAt: scan.now + deps.limits.decide,
		})
		.where(and(eq(signIns.id, signIn.id), eq(signIns.state, 'pending')))
		.returning()
	if (claimed) {
		deps.wake.touch(signIn.id)
		return readScanned(claimed)
	}
	const meanwhile = await deps.db.select().from(signIns).where(eq(signIns.id, signIn.id)).get()
	// The same phone at once: a prefetch and the page itself.
	if (meanwhile && isOwner(meanwhile, scan.browserHash)) return readScanned(meanwhile)
	await end(deps, signIn, 'qr_scanned_elsewhere')
	throw await whyNot(deps, signIn.id, 'qr_scanned_elsewhere')
}

function readScanned({ numbers, expiresAt }: SignInRow): Scanned {
	return { numbers: JSON.parse(numbers ?? '[]') as number[], decideBy: expiresAt }
}

/** Three different numbers of two digits. */
function threeNumbers({ random }: AuthnDeps): number[] {
	const numbers = new Set<number>()
	while (numbers.size < 3) numbers.add(10 + randomInt(random, 90))
	return [...numbers]
}
