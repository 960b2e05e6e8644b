import { expect } from 'bun:test'
import { count, eq } from 'drizzle-orm'
import { schema } from '../../../../db/client.ts'
import { send } from '../kit/bases.ts'
import type { Draft } from '../kit/draft.ts'
import type { Arena } from './arena.ts'

/** Something that may happen once, asked for by `n` at once. It throws where more than one wins, or none. */
export type Race = (arena: Arena, n: number) => Promise<void>

const { events } = schema

export type Pair = [name: string, value: string]
export const noDraft: Draft = { method: '', path: '', params: [], headers: {} }

export const times = <T>(n: number, make: (i: number) => Promise<T>): Promise<T[]> =>
	Promise.all(Array.from({ length: n }, (_, i) => make(i)))
export const anyCast = ({ casts, die }: Arena) => (die(2) === 0 ? casts.fapi2 : casts.oidc)
export const withStatus = (responses: Response[], status: number) => responses.filter((each) => each.status === status)
export const sendAll = (arena: Arena, drafts: readonly Draft[]) =>
	Promise.all(drafts.map((draft) => send(arena, draft)))
export const codesIn = (responses: Response[]) =>
	responses.flatMap((each) => new URL(each.headers.get('location') ?? 'x:', 'x:').searchParams.get('code') ?? [])

export async function told({ parts }: Arena, name: string): Promise<number> {
	const [row] = await parts.db.select({ n: count() }).from(events).where(eq(events.name, name))
	return row?.n ?? 0
}

/** Nobody was told of an error of ours. */
export const noneBroke = (responses: Response[]) => expect(responses.filter(({ status }) => status >= 500)).toEqual([])
