import { and, eq, gt, isNull, ne, type SQL, sql } from 'drizzle-orm'
import { atomically, insertWhere, schema } from '../../db/client.ts'
import { cardFace, dataUrl, readSnapshot, type Snapshot } from '../accounts/index.ts'
import { cardChecked, cardShown, recordEvent } from '../audit/index.ts'
import { hashSecret } from '../lib/crypto.ts'
import { ServiceError } from '../lib/errors.ts'
import { newId, newSecret } from '../lib/random.ts'
import type { CitizenActor } from '../lib/rpc.ts'
import { notify } from '../notices/index.ts'
import { RegistryUnavailable } from '../ports/civil-registry/index.ts'
import { judge, type Standing } from './account-check.ts'
import { isRunOf, rememberAct, runOf } from './acts.ts'
import { describeAsker } from './asked-from.ts'
import type { AuthnDeps } from './needs.ts'
import { admit, checkAttempt, countAttempt, networkKey, stillAdmitted } from './throttle.ts'

/**
 * A card that its holder shows to somebody beside them. The phone gets a link for one look, as a QR; whoever opens it is
 * told name, photo and whether the digital ID holds at this moment, by the AS's answer of this moment. What it proves is
 * that the card is genuine; that it is this person's, only the photo and the eyes of the one who looks can say.
 */
const { accounts, cardChecks, passkeys } = schema

export interface ShownCard {
	id: string
	/** `https://…/check#token`: a fragment reaches no server, no log and no preview. */
	link: string
	/** ms */
	expiresAt: number
}

/**
 * Makes the link; one that was made before and not opened ends. Writes in one trip.
 * @throws ServiceError unlock_stale where PIN and passkey are too long ago, too_many_attempts, not_signed_in
 */
export async function showCard(
	deps: AuthnDeps,
	me: CitizenActor,
	{ actKey, input }: { actKey: string; input: unknown },
): Promise<ShownCard> {
	const { db, clock, random, limits } = deps
	const { accountId, credentialId, authenticatedAt } = me
	const now = clock.now()
	if (now - authenticatedAt > limits.freshUnlock) throw new ServiceError('unlock_stale')
	const attempt = { key: `show/${accountId}`, ...limits.cardsShown, now }
	const id = newId(random, 'chk')
	const token = newSecret(random)
	const shown = { id, link: `${deps.issuer}/check#${token}`, expiresAt: now + limits.cardCheck }
	const made = sql`EXISTS (SELECT 1 FROM ${cardChecks} WHERE ${cardChecks.id} = ${id})`
	const row = { id, tokenHash: hashSecret(token), accountId, credentialId, createdAt: now, expiresAt: shown.expiresAt }
	const [counted, inserted] = await atomically(db, [
		countAttempt(db, attempt),
		insertWhere(db, cardChecks, row, sql`${stillAdmitted(attempt)} AND ${lives(me)}`, sql`id`),
		db
			.update(cardChecks)
			.set({ expiresAt: now })
			.where(
				and(
					eq(cardChecks.accountId, accountId),
					ne(cardChecks.id, id),
					isNull(cardChecks.checkedAt),
					gt(cardChecks.expiresAt, now),
					made,
				),
			),
		recordEvent(db, deps, cardShown({ accountId, checkId: id }), made),
		rememberAct(db, deps, { actKey, procedure: 'me.showCard', input, outcome: shown }, made),
	])
	checkAttempt(counted?.[0] as { count: number; expiresAt: number } | undefined, attempt)
	if (inserted?.length !== 1) throw new ServiceError('not_signed_in')
	return shown
}

export interface Watched {
	state: 'open' | 'checked' | 'over'
	/** ms */
	checkedAt: number | null
}

/** Whether somebody has looked, for the phone that shows. @throws ServiceError check_unknown */
export async function watchShown({ db, clock }: AuthnDeps, me: CitizenActor, id: string): Promise<Watched> {
	const row = await db
		.select({ checkedAt: cardChecks.checkedAt, expiresAt: cardChecks.expiresAt })
		.from(cardChecks)
		.where(and(eq(cardChecks.id, id), eq(cardChecks.accountId, me.accountId)))
		.get()
	if (!row) throw new ServiceError('check_unknown')
	const { checkedAt, expiresAt } = row
	if (checkedAt !== null) return { state: 'checked', checkedAt }
	return { state: expiresAt > clock.now() ? 'open' : 'over', checkedAt }
}

export interface CheckedCard {
	name: { th: string; en: string }
	/** A `data:` URL; null where the AS has none. */
	portrait: string | null
	/** `expired`: the ID card has run out, the digital ID works on for its days of grace. */
	validity: 'valid' | 'expired' | 'suspended'
	/** ms */
	checkedAt: number
}

/** Who looks: anybody. */
export interface Checker {
	request: Request
	browserHash: string
	actKey: string
}

/**
 * The one look. The same call again (its answer was lost) is answered again for as long as a link lives, and asks the AS
 * again: nothing of what was shown is kept for it.
 * @throws ServiceError check_unknown, check_used, check_expired; registry_unavailable, which spends nothing
 */
export async function checkCard(deps: AuthnDeps, by: Checker, { token }: { token: string }): Promise<CheckedCard> {
	const { db, clock, random, vault, limits } = deps
	await countCheck(deps, by)
	const now = clock.now()
	const found = await findCheck(deps, token)
	if (!found) throw new ServiceError('check_unknown')
	const { check, account } = found
	const repeated =
		check.checkedAt !== null && isRunOf(by.actKey, check.checkedBy ?? '') && now < check.checkedAt + limits.cardCheck
	if (check.checkedAt !== null && !repeated) throw new ServiceError('check_used')
	if ((!repeated && check.expiresAt <= now) || found.ended) throw new ServiceError('check_expired')

	const [standing, picture] = await Promise.all([
		judge(deps, account, 'card-check'),
		portraitOf(deps, readSnapshot(vault, account).person),
	])
	const checkedAt = repeated ? (check.checkedAt ?? now) : clock.now()
	const { name } = cardFace(standing.snapshot)
	const validity = validityOf(standing)
	const seen: CheckedCard = { name, portrait: picture, validity, checkedAt }
	if (repeated) return seen
	const run = runOf(random, by.actKey)
	const mine = sql`EXISTS (SELECT 1 FROM ${cardChecks} WHERE ${cardChecks.id} = ${check.id} AND ${cardChecks.checkedBy} = ${run})`
	const [spent] = await atomically(db, [
		db
			.update(cardChecks)
			.set({ checkedAt, checkedBy: run })
			.where(
				and(eq(cardChecks.id, check.id), isNull(cardChecks.checkedAt), gt(cardChecks.expiresAt, now), lives(check)),
			)
			.returning({ id: cardChecks.id }),
		recordEvent(db, deps, cardChecked({ accountId: account.id, checkId: check.id, validity }), mine),
		notify(db, deps, { accountId: account.id, kind: 'card_checked', params: {} }, mine),
		...standing.statements,
	])
	if (spent?.length !== 1) throw new ServiceError('check_used')
	return seen
}

/** Guard: the passkey that had unlocked the card has not ended. */
function lives({ credentialId }: { credentialId: string }): SQL {
	return sql`EXISTS (SELECT 1 FROM ${passkeys} WHERE ${passkeys.credentialId} = ${credentialId} AND ${passkeys.endedAt} IS NULL)`
}

async function findCheck({ db }: AuthnDeps, token: string) {
	const row = await db
		.select({ check: cardChecks, account: accounts, passkeyEnd: passkeys.endedAt })
		.from(cardChecks)
		.innerJoin(accounts, eq(accounts.id, cardChecks.accountId))
		.innerJoin(passkeys, eq(passkeys.credentialId, cardChecks.credentialId))
		.where(eq(cardChecks.tokenHash, hashSecret(token)))
		.get()
	return row && { ...row, ended: row.account.status === 'ended' || row.passkeyEnd !== null }
}

/**
 * A look writes and asks the AS, and nobody has to prove anything for it. The network is counted first: a browser's
 * counter is a row, and its cookie is whatever the client says.
 */
async function countCheck(deps: AuthnDeps, { request, browserHash }: Checker): Promise<void> {
	const { db, clock, limits, vault } = deps
	const now = clock.now()
	const key = networkKey(vault, 'check/net', describeAsker(request, deps.peer(request)))
	await admit(db, [{ key, ...limits.checksFromNetwork, now }])
	await admit(db, [{ key: `check/${browserHash}`, ...limits.checksOfBrowser, now }])
}

async function portraitOf({ registry }: AuthnDeps, { pid }: Snapshot['person']): Promise<string | null> {
	try {
		const portrait = await registry.portrait(pid, 'card-check')
		return portrait && dataUrl(portrait)
	} catch (error) {
		if (error instanceof RegistryUnavailable) return null
		throw error
	}
}

function validityOf({ verdict }: Standing): CheckedCard['validity'] {
	if (verdict.state === 'suspended') return 'suspended'
	return verdict.state === 'grace' ? 'expired' : 'valid'
}
