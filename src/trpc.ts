import {
	type AuthnDeps,
	createCheckRouter,
	createLostRouter,
	createMeRouter,
	createSignInRouter,
} from './authn/index.ts'
import { router } from './lib/rpc.ts'
import { createNoticesRouter } from './notices/index.ts'
import { createEnrolRouter, createOfficeRouter, type ProofingNeeds } from './proofing/index.ts'

/** The root of all procedures. Its TYPE is all that the front end may import from here. */
export function createAppRouter(deps: AuthnDeps & ProofingNeeds) {
	return router({
		signIn: createSignInRouter(deps),
		me: createMeRouter(deps),
		check: createCheckRouter(deps),
		lost: createLostRouter(deps),
		notices: createNoticesRouter(deps),
		enrol: createEnrolRouter(deps),
		office: createOfficeRouter(deps),
	})
}

export type AppRouter = ReturnType<typeof createAppRouter>
