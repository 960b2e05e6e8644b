import { and, eq } from 'drizzle-orm'
import { atomically, schema } from '../../../db/client.ts'
import { type LifecycleWarning, sealSnapshot } from '../../accounts/index.ts'
import { recordEvent, signInScanned } from '../../audit/index.ts'
import { ServiceError } from '../../lib/errors.ts'
import { newId, newSecret } from '../../lib/random.ts'
import {
	acrOfWay,
	type ConsentItem,
	consentItems,
	consentScope,
	type DetailItem,
	detailItems,
	mayUseQr,
} from '../../oidc/index.ts'
import type { BilingualText } from '../../ports/civil-registry/index.ts'
import { checkAccount, type Working } from '../account-check.ts'
import type { AskedFrom } from '../asked-from.ts'
import { deviceOf } from '../device.ts'
import type { AuthnDeps } from '../needs.ts'
import { allowedPasskey, type PublicKeyCredentialRequestOptionsJSON, requestOptions } from '../passkey/index.ts'
import { admit } from '../throttle.ts'
import { readFrame } from './frames.ts'
import { assertOpen, end, movedBy, whyNot } from './moves.ts'
import { type ClientRow, readForInspection } from './reads.ts'
import { claim, isFresh, isOwner, type Scan, type Scanned } from './scan.ts'
import { readAskedFrom, readRequest } from './stored.ts'

const { signIns } = schema

/** What the citizen sees before confirming: who asks, for what, for which data with which values, and from where. */
export interface Inspection {
	id: string
	path: 'qr' | 'this-device'
	client: { name: BilingualText; domain: string }
	purpose: BilingualText
	items: ConsentItem[]
	/** What leave is asked for beside data (RFC 9396). */
	details: DetailItem[]
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

type Read = NonNullable<Awaited<ReturnType<typeof readForInspection>>>
type Known = Read & { passkey: NonNullable<Read['passkey']>; account: NonNullable<Read['account']> }

/**
 * Act two. A device looks at what waits. By QR the first phone to scan owns it, and a second one ends it; the same
 * phone may look again (a reload, a prefetch). A phone that we do not know owns nothing and ends nothing. The AS is
 * asked here, so that what is shown is what will be given.
 */
export async function inspect(
	deps: AuthnDeps,
	request: Request,
	browserHash: string,
	what: Inspected,
): Promise<Inspection> {
	const now = deps.clock.now()
	const scan = 'frame' in what ? scanOf(deps, what, browserHash, now) : null
	const id = 'frame' in what ? scan?.frame.signInId : what.id
	if (id === undefined) throw new ServiceError('qr_stale')
	const row = await readForInspection(deps.db, id, deviceOf(request)?.secretHash ?? '')
	if (!row) throw new ServiceError('sign_in_unknown')
	if (scan) assertMayScan(deps, row, scan)
	else assertMayLookHere(row, browserHash, now)
	const { passkey, account } = row
	if (!passkey || !account) throw new ServiceError('device_unknown')
	const scanned = scan ? await claim(deps, row.signIn, scan) : null
	await countLook(deps, id, browserHash, now)
	const standing = await checkAccount(deps, account).catch(async (error: unknown) => {
		if (error instanceof ServiceError && error.code === 'account_suspended')
			await end(deps, { ...row.signIn, accountId: account.id }, 'account_suspended')
		throw error
	})
	return show(deps, { ...row, passkey, account }, { scanned, standing })
}

function scanOf(
	{ vault }: AuthnDeps,
	what: Extract<Inspected, { frame: string }>,
	browserHash: string,
	now: number,
): Scan | null {
	const frame = readFrame(vault, what.frame)
	return frame && { frame, from: what.from, browserHash, now }
}

function assertMayScan(deps: AuthnDeps, { signIn, account }: Read, scan: Scan): void {
	assertOpen(signIn, scan.now, account)
	if (!mayUseQr(readRequest(deps.vault, signIn))) throw new ServiceError('qr_not_allowed')
	if (!isOwner(signIn, scan.browserHash) && !isFresh(deps, signIn, scan)) throw new ServiceError('qr_stale')
}

/** On the device where the request waits: only in the browser that brought it, and not once a phone has it. */
function assertMayLookHere({ signIn, account }: Read, browserHash: string, now: number): void {
	if (signIn.browserHash !== browserHash) throw new ServiceError('sign_in_other_browser')
	assertOpen(signIn, now, account)
	if (signIn.state !== 'pending') throw new ServiceError('sign_in_ended')
}

/** Each look asks the AS, and makes a challenge. */
async function countLook({ db, limits }: AuthnDeps, id: string, browserHash: string, now: number): Promise<void> {
	await admit(db, [
		{ key: `look/${id}`, ...limits.looksAtSignIn, now },
		{ key: `look/${browserHash}`, ...limits.looksOfBrowser, now },
	])
}

/** Writes down what is shown, with the challenge that will confirm it, and shows it. */
async function show(
	deps: AuthnDeps,
	{ signIn, client, account, passkey }: Known,
	{ scanned, standing }: { scanned: Scanned | null; standing: Working },
): Promise<Inspection> {
	const { db, vault, random, limits } = deps
	const { id } = signIn
	const asked = readRequest(vault, signIn)
	const path = scanned ? 'qr' : 'this-device'
	const state = scanned ? 'scanned' : 'pending'
	const act = newId(random, 'act')
	const challenge = newSecret(random)
	// Looking again gives no more time.
	const begun = signIn.path === 'this-device' ? signIn.expiresAt : deps.clock.now() + limits.decide
	const decideBy = scanned ? scanned.decideBy : begun
	const shown = {
		accountId: account.id,
		challenge,
		path,
		lastAct: act,
		// Sealed for the account's row, to which the decision moves it.
		snapshot: sealSnapshot(vault, account.id, standing.snapshot),
		snapshotAt: standing.asOf,
		expiresAt: decideBy,
	} as const
	const [written] = await atomically(db, [
		db
			.update(signIns)
			.set(shown)
			.where(and(eq(signIns.id, id), eq(signIns.state, state)))
			.returning({ id: signIns.id }),
		recordEvent(
			db,
			deps,
			signInScanned({ signInId: id, clientId: client.id, accountId: account.id, path }),
			movedBy(id, act, state),
		),
		...standing.statements,
	])
	if (written?.length !== 1) throw await whyNot(deps, id, 'sign_in_ended')
	return {
		id,
		path,
		client: clientName(client),
		purpose: { th: client.purposeTh, en: client.purposeEn },
		items: consentItems(consentScope(asked), standing.snapshot, client),
		details: detailItems(asked),
		assurance: { acr: acrOfWay(path, passkey.tier), ial: account.ial },
		askedFrom: scanned ? { ...readAskedFrom(vault, signIn), at: signIn.createdAt } : null,
		numbers: scanned ? scanned.numbers : null,
		warnings: standing.verdict.warnings,
		decideBy,
		options: await requestOptions(deps.rp, { challenge, allow: [allowedPasskey(passkey)] }),
	}
}

export const clientName = (client: ClientRow) => ({
	name: { th: client.nameTh, en: client.nameEn },
	domain: client.domain,
})
