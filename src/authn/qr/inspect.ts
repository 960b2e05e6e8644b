import { and, eq, type SQL, sql } from 'drizzle-orm'
import { atomically, schema, type Statement } from '../../../db/client.ts'
import { recordEvent, signInEnded, signInScanned } from '../../audit/index.ts'
import { type LifecycleWarning, sealSnapshot } from '../../accounts/index.ts'
import { SECOND } from '../../lib/clock.ts'
import { ServiceError } from '../../lib/errors.ts'
import { newSecret, randomInt } from '../../lib/random.ts'
import { ACR_PHR, ACR_QR, type ConsentItem, consentItems, readClient } from '../../oidc/index.ts'
import type { BilingualText } from '../../ports/civil-registry/index.ts'
import { checkAccount } from '../account-check.ts'
import type { AskedFrom } from '../asked-from.ts'
import { deviceOf } from '../device.ts'
import type { AuthnDeps } from '../needs.ts'
import { allowedPasskey, type PublicKeyCredentialRequestOptionsJSON, requestOptions } from '../passkey/index.ts'
import { readFrame } from './frames.ts'
import { type ClientRow, effectiveState, readForInspection, type SignInRow } from './reads.ts'
import { readAskedFrom, readRequest } from './stored.ts'

const { signIns } = schema

/** What the citizen sees before confirming: who asks, for what, for which data with which values, and from where. */
export interface Inspection {
	id: string
	path: 'qr' | 'this-device'
	client: { name: BilingualText; domain: string }
	purpose: BilingualText
	items: ConsentItem[]
	assurance: { acr: string; ial: string }
	/** The browser that waits; null on the same device. */
	askedFrom: (AskedFrom & { at: number }) | null
	/** Three numbers, one of which stands on the waiting screen; null on the same device. */
	numbers: number[] | null
	warnings: LifecycleWarning[]
	/** ms */
	decideBy: number
	options: PublicKeyCredentialRequestOptionsJSON
}

export type Inspected = { frame: string; from: 'camera' | 'scanner' } | { id: string }

/**
 * Act two. A device looks at what waits. By QR the first phone to scan owns it, and a second one ends it; the same
 * phone may look again (a reload, a prefetch). The AS is asked here, so that what is shown is what will be given.
 */
export async function inspect(
	deps: AuthnDeps,
	request: Request,
	browserHash: string,
	what: Inspected,
): Promise<Inspection> {
	const now = deps.clock.now()
	const frame = 'frame' in what ? readFrame(deps.vault, what.frame) : null
	const id = 'frame' in what ? frame?.signInId : what.id
	if (id === undefined) throw new ServiceError('qr_stale')
	const row = await readForInspection(deps.db, id, deviceOf(request)?.secretHash ?? '')
	if (!row) throw new ServiceError('sign_in_unknown')
	assertOpen(row.signIn, now)
	const scan = frame
		? await claimScan(deps, row.signIn, browserHash, frame.second * SECOND, maxAge(deps, what), now)
		: claimHere(row.signIn, browserHash)
	if (!row.passkey || !row.account) throw new ServiceError('device_unknown')
	const checked = await checkAccount(deps, row.account).catch(async (error: unknown) => {
		if (error instanceof ServiceError && error.code === 'account_suspended') await end(deps, row.signIn, error.code)
		throw error
	})
	const challenge = newSecret(deps.random)
	const decideBy = scan.decideBy ?? now + deps.limits.decide
	const prepared = await atomically(deps.db, [
		deps.db
			.update(signIns)
			.set({
				accountId: row.account.id,
				challenge,
				path: scan.path,
				// Sealed for the account's row, to which the decision moves it.
				snapshot: sealSnapshot(deps.vault, row.account.id, checked.snapshot),
				snapshotAt: checked.askedAt,
				expiresAt: decideBy,
			})
			.where(and(eq(signIns.id, id), eq(signIns.state, scan.state)))
			.returning({ id: signIns.id }),
		recordEvent(
			deps.db,
			deps,
			signInScanned({ signInId: id, clientId: row.client.id, accountId: row.account.id, path: scan.path }),
			sql`EXISTS (SELECT 1 FROM sign_ins WHERE id = ${id} AND challenge = ${challenge})`,
		),
		...checked.statements,
	])
	if (prepared[0]?.length !== 1) throw new ServiceError('sign_in_ended')
	const client = readClient(row.client)
	const asked = readRequest(deps.vault, row.signIn)
	return {
		id,
		path: scan.path,
		client: clientName(row.client),
		purpose: { th: client.purposeTh, en: client.purposeEn },
		items: consentItems(asked.scope, checked.snapshot, client),
		assurance: { acr: scan.path === 'qr' ? ACR_QR : ACR_PHR, ial: row.account.ial },
		askedFrom: scan.path === 'qr' ? { ...readAskedFrom(deps.vault, row.signIn), at: row.signIn.createdAt } : null,
		numbers: scan.numbers,
		warnings: checked.warnings,
		decideBy,
		options: await requestOptions(deps.rp, { challenge, allow: [allowedPasskey(row.passkey)] }),
	}
}

export const clientName = (client: ClientRow) => ({
	name: { th: client.nameTh, en: client.nameEn },
	domain: client.domain,
})

/** @throws ServiceError where the sign-in is over. */
export function assertOpen(signIn: SignInRow, now: number): void {
	const { state, endReason } = effectiveState(signIn, now)
	if (state === 'pending' || state === 'scanned') return
	if (state !== 'ended') throw new ServiceError('sign_in_ended')
	switch (endReason) {
		case 'sign_in_expired':
		case 'qr_scanned_elsewhere':
		case 'number_mismatch':
			throw new ServiceError(endReason)
		default:
			throw new ServiceError('sign_in_ended')
	}
}

interface Claim {
	path: 'qr' | 'this-device'
	/** The state in which the row now is. */
	state: 'pending' | 'scanned'
	numbers: number[] | null
	/** Set by the first scan; a later look does not move it. */
	decideBy: number | null
}

/** On the device where the request waits: only in the browser that brought it. */
function claimHere(signIn: SignInRow, browserHash: string): Claim {
	if (signIn.browserHash !== browserHash) throw new ServiceError('sign_in_other_browser')
	if (signIn.state !== 'pending') throw new ServiceError('sign_in_ended')
	return {
		path: 'this-device',
		state: 'pending',
		numbers: null,
		decideBy: signIn.path === 'this-device' && signIn.challenge !== null ? signIn.expiresAt : null,
	}
}

function maxAge(deps: AuthnDeps, what: Inspected): number {
	return 'from' in what && what.from === 'scanner' ? deps.limits.frameFromScanner : deps.limits.frameFromCamera
}

/** The first scan wins by one guarded statement; the phone that has it may look again with an old frame. */
async function claimScan(
	deps: AuthnDeps,
	signIn: SignInRow,
	browserHash: string,
	frameAt: number,
	frameAge: number,
	now: number,
): Promise<Claim> {
	const mine = (row: Pick<SignInRow, 'numbers' | 'expiresAt'>): Claim => ({
		path: 'qr',
		state: 'scanned',
		numbers: JSON.parse(row.numbers ?? '[]') as number[],
		decideBy: row.expiresAt,
	})
	if (signIn.state === 'scanned' && signIn.scannerHash === browserHash) return mine(signIn)
	const { qrFrom } = signIn
	// A frame a second in the future is one that a faster clock of ours made; another server's clock may differ a little.
	const fresh = qrFrom !== null && frameAt >= qrFrom - SECOND && now - frameAt <= frameAge && frameAt - now <= SECOND
	if (!fresh) throw new ServiceError('qr_stale')
	if (signIn.state === 'scanned') return endForSecondScan(deps, signIn)
	const numbers = threeNumbers(deps)
	const [claimed] = await deps.db
		.update(signIns)
		.set({
			state: 'scanned',
			path: 'qr',
			scannerHash: browserHash,
			scannedAt: now,
			numbers: JSON.stringify(numbers),
			number: numbers[randomInt(deps.random, numbers.length)] ?? 0,
			challenge: null,
			expiresAt: now + deps.limits.decide,
		})
		.where(and(eq(signIns.id, signIn.id), eq(signIns.state, 'pending')))
		.returning({ numbers: signIns.numbers, expiresAt: signIns.expiresAt })
	deps.wake.touch(signIn.id)
	// Somebody was faster between our read and this write: two phones have seen the same QR.
	return claimed ? mine(claimed) : endForSecondScan(deps, signIn)
}

async function endForSecondScan(deps: AuthnDeps, signIn: SignInRow): Promise<never> {
	await end(deps, signIn, 'qr_scanned_elsewhere')
	throw new ServiceError('qr_scanned_elsewhere')
}

/** Ends a sign-in that nobody has decided, with its event. */
export async function end(
	deps: AuthnDeps,
	signIn: Pick<SignInRow, 'id' | 'clientId' | 'accountId'>,
	reason: 'qr_scanned_elsewhere' | 'account_suspended' | 'number_mismatch' | 'pin_disabled',
	more: Statement[] = [],
	guard: SQL = sql`TRUE`,
): Promise<void> {
	const { db } = deps
	await atomically(db, [
		db
			.update(signIns)
			.set({ state: 'ended', endReason: reason, challenge: null, snapshot: null })
			.where(and(eq(signIns.id, signIn.id), sql`${signIns.state} IN ('pending', 'scanned')`, guard)),
		recordEvent(
			db,
			deps,
			signInEnded({ signInId: signIn.id, clientId: signIn.clientId, accountId: signIn.accountId, reason }),
			sql`EXISTS (SELECT 1 FROM sign_ins WHERE id = ${signIn.id} AND state = 'ended' AND end_reason = ${reason})`,
		),
		...more,
	])
	deps.wake.touch(signIn.id)
}

/** Three different numbers of two digits, in the order in which the phone shows them. */
function threeNumbers(deps: Pick<AuthnDeps, 'random'>): number[] {
	const numbers = new Set<number>()
	while (numbers.size < 3) numbers.add(10 + randomInt(deps.random, 90))
	return [...numbers]
}
