import { and, eq, isNull } from 'drizzle-orm'
import { atomically, schema } from '../../db/client.ts'
import { cardFace, dataUrl } from '../accounts/index.ts'
import { ServiceError } from '../lib/errors.ts'
import type { CitizenActor } from '../lib/rpc.ts'
import { RegistryUnavailable } from '../ports/civil-registry/index.ts'
import { type Account, judge, judgeAsStored, type Standing } from './account-check.ts'
import type { AuthnDeps } from './needs.ts'

/**
 * The card's face for its holder. The AS is asked where it answers; where not, the last answer stands, with its time
 * beside it. A suspended card is still shown, as suspended, with what was on it while it worked.
 */
export async function card(deps: AuthnDeps, me: CitizenActor) {
	const { account, tier } = await findHolder(deps, me)
	const { verdict, snapshot, asOf, statements } = await standingOf(deps, account)
	await atomically(deps.db, statements)
	const portrait = await deps.registry.portrait(snapshot.person.pid, 'my-data').catch((error: unknown) => {
		if (error instanceof RegistryUnavailable) return null
		throw error
	})
	return {
		...cardFace(snapshot),
		portrait: portrait ? dataUrl(portrait) : null,
		status: verdict.state,
		statusReason: verdict.reason,
		warnings: verdict.warnings,
		ial: account.ial,
		tier,
		asOf,
		/** Whose copy a phone may keep, and for how long (ms). */
		copy: { credentialId: me.credentialId, keptFor: deps.limits.offlineCard },
	}
}

async function standingOf(deps: AuthnDeps, account: Account): Promise<Standing> {
	return judge(deps, account, 'my-data').catch((error: unknown) => {
		if (error instanceof ServiceError && error.code === 'registry_unavailable') return judgeAsStored(deps, account)
		throw error
	})
}

async function findHolder({ db }: AuthnDeps, me: CitizenActor) {
	const { accounts, passkeys } = schema
	const row = await db
		.select({ account: accounts, tier: passkeys.tier })
		.from(passkeys)
		.innerJoin(accounts, eq(accounts.id, passkeys.accountId))
		.where(
			and(eq(passkeys.credentialId, me.credentialId), eq(passkeys.accountId, me.accountId), isNull(passkeys.endedAt)),
		)
		.get()
	if (!row) throw new ServiceError('not_signed_in')
	return row
}
