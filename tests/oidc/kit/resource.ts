import { eq } from 'drizzle-orm'
import { schema } from '../../../db/client.ts'
import { hashSecret } from '../../../src/lib/crypto.ts'
import type { Parts } from './provider.ts'

type Row = typeof schema.resourceServers.$inferInsert

let count = 0

/** Registers a resource server. @returns its indicator */
export async function resourceServer(provider: Parts, said: Partial<Row> = {}): Promise<string> {
	const id = said.id ?? `https://api-${++count}.example/`
	await provider.db.insert(schema.resourceServers).values({
		id,
		clientId: null,
		accessTokenAlg: 'ES256',
		scopes: '["pid","name"]',
		status: 'live',
		createdAt: provider.clock.now(),
		...said,
	})
	return id
}

/** The code is for the resource, and was asked for with what is said (`asked` as JSON). */
export async function codeIsFor(
	{ db, vault }: Parts,
	code: string,
	values: Partial<typeof schema.codes.$inferInsert>,
): Promise<string> {
	const { asked } = values
	await db
		.update(schema.codes)
		.set(asked ? { ...values, asked: vault.seal(['codes', hashSecret(code), 'asked'], asked) } : values)
		.where(eq(schema.codes.hash, hashSecret(code)))
	return code
}
