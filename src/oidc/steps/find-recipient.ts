import { recipientOf } from '../artifacts/encryption.ts'
import { KeysUnavailable } from '../client-auth/client-keys.ts'
import { noEncryptionKey } from '../errors.ts'
import { type Exchange, set } from '../exchange.ts'
import type { Encryption } from '../wire.ts'

/**
 * OpenID Connect Core §10.2: the client's key where its answers are encrypted. Found before anything is spent, so that
 * a client whose keys cannot be had loses no code.
 */
export async function findRecipient(x: Exchange): Promise<void> {
	const encryption = wantedBy(x)
	if (encryption === null) return
	try {
		x.recipient = await recipientOf(x.deps, set(x.found.client, 'client'), encryption)
	} catch (error) {
		throw noEncryptionKey(error instanceof KeysUnavailable ? error.reason : 'the key cannot be used')
	}
	if (x.recipient === null) throw noEncryptionKey(`no key for ${encryption.alg}`)
}

function wantedBy(x: Exchange): Encryption | null {
	if (x.endpoint === 'token') {
		const { idTokenEncryption } = set(x.client, 'client')
		return x.authorization.scope?.includes('openid') ? idTokenEncryption : null
	}
	const { userinfoEncryption } = set(x.found.client, 'client')
	return userinfoEncryption === null ? null : (JSON.parse(userinfoEncryption) as Encryption)
}
