import type { Vault } from '../../lib/vault.ts'
import type { AuthorizationRequest } from '../../oidc/index.ts'
import type { AskedFrom } from '../asked-from.ts'
import type { SignInRow } from './reads.ts'

/** The sealed parts of a sign-in's row. */
export function readRequest(vault: Vault, row: SignInRow): AuthorizationRequest {
	return JSON.parse(vault.open(['sign_ins', row.id, 'request'], row.request)) as AuthorizationRequest
}

export function readAskedFrom(vault: Vault, row: SignInRow): AskedFrom {
	return JSON.parse(vault.open(['sign_ins', row.id, 'asked_from'], row.askedFrom)) as AskedFrom
}
