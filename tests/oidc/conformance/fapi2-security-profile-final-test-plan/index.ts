import type { Plan } from '../kit/module.ts'
import { assertions } from './assertions.ts'
import { binding } from './dpop.ts'
import { dpopNegative } from './dpop-negative.ts'
import { flow } from './flow.ts'
import { par } from './par.ts'
import { pkce } from './pkce.ts'
import { redirectUris } from './redirect-uris.ts'
import { refresh } from './refresh.ts'
import { requests } from './requests.ts'
import { tokens } from './token.ts'

/** In the order of the suite's plan, without what does not apply to this variant. */
export const fapi2: Plan = {
	name: 'fapi2-security-profile-final-test-plan',
	variant: 'plain_fapi, openid_connect, private_key_jwt, dpop',
	modules: [
		flow.discovery,
		flow.happy,
		flow.rejects,
		requests.withoutState,
		requests.withoutNonce,
		requests.nonceOf64,
		requests.otherOrder,
		requests.claims,
		flow.schemeCase,
		binding.nbfExp,
		binding.iatBefore,
		binding.iatAfter,
		binding.mismatchAtPar,
		binding.mismatchedProof,
		binding.mismatchedJkt,
		binding.boundByProof,
		binding.boundByJkt,
		requests.otherNonceBeside,
		requests.otherStateBeside,
		requests.longNonce,
		requests.longState,
		requests.stateOnlyBeside,
		redirectUris.objectWithoutRedirectUri,
		redirectUris.unregisteredRedirectUri,
		par.withoutPar,
		redirectUris.redirectUriRequired,
		flow.codeIdToken,
		flow.token,
		tokens.otherClientId,
		tokens.holderOfKey,
		tokens.boundToClient,
		tokens.reuse,
		tokens.expired,
		tokens.rs256,
		tokens.noAssertion,
		tokens.longExpired,
		tokens.wrongAudience,
		tokens.noSubject,
		dpopNegative,
		refresh,
		par.reusedBefore,
		par.reusedAfter,
		par.expired,
		assertions.soon,
		assertions.late,
		par.otherClient,
		par.uriInForm,
		par.wrongMethod,
		par.pkceRequired,
		pkce.noVerifier,
		pkce.wrongVerifier,
		par.plainPkce,
		requests.nothingBeside,
		assertions.arrayAudience,
		assertions.parAudience,
		assertions.tokenAudience,
	],
}
