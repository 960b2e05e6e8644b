import { equalInConstantTime, hashSecret } from '../../lib/crypto.ts'
import { invalidClient } from '../errors.ts'
import type { Client } from '../wire.ts'

/**
 * client_secret_basic and client_secret_post. A secret is 256 random bits, so one SHA-256 keeps it.
 * @param spellings of the one secret that was sent
 */
export function checkSecret({ secretHash }: Client, spellings: readonly string[], usedHeader: boolean): void {
	if (secretHash === null || !spellings.some((each) => equalInConstantTime(hashSecret(each), secretHash)))
		throw invalidClient('wrong secret', usedHeader)
}
