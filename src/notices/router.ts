import { atomically, type Db } from '../../db/client.ts'
import type { Clock } from '../lib/clock.ts'
import { citizenProcedure, router, z } from '../lib/rpc.ts'
import type { Vault } from '../lib/vault.ts'
import { listNotices, markRead } from './inbox.ts'

export interface NoticesNeeds {
	db: Db
	vault: Vault
	clock: Clock
}

/** `notices.*`: the inbox of the citizen who is signed in. */
export function createNoticesRouter({ db, vault, clock }: NoticesNeeds) {
	return router({
		list: citizenProcedure('session')
			.input(z.strictObject({}).optional())
			.query(({ ctx }) => listNotices(db, vault, ctx.me.accountId)),

		// Reading twice is reading once, so a repeated call needs no memory.
		markRead: citizenProcedure('session')
			.input(z.strictObject({ id: z.string().max(64) }))
			.mutation(async ({ ctx, input }) => {
				await atomically(db, [markRead(db, { accountId: ctx.me.accountId, id: input.id, now: clock.now() })])
				return { ok: true as const }
			}),
	})
}
