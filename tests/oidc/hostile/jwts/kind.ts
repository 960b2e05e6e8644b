import type { Base } from '../kit/bases.ts'
import type { Draft } from '../kit/draft.ts'
import type { Verdict } from '../kit/judge.ts'
import type { Cast } from '../kit/server.ts'
import type { Mutation } from './mutation.ts'
import type { Good } from './seal.ts'

/** A kind of JWT that we take, and the request that brings it. */
export interface Kind {
	name: string
	mutations: readonly Mutation[]
	cast: Cast
	/** A good one, never used before. */
	good(): Promise<Good>
	/** The request with it. */
	bring(jwt: string): Promise<Draft>
	accepted: Base['accepted']
	verdict: Verdict
	/** It is good once. */
	once: boolean
}
