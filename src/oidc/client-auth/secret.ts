import { equalInConstantTime, hashSecret } from '../../lib/crypto.ts'
import { invalidClient } from '../errors.ts'
import type { Client } from '../wire.ts'

/** client_secret_basic and client_secret_post. A secret is 256 random bits, so one SHA-256 keeps it. */
export function checkSecret(client: Client, secret: string, usedHeader: boolean): void {
	if (client.secretHash === null || !equalInConstantTime(hashSecret(secret), client.secretHash))
		throw invalidClient('wrong secret', usedHeader)
}
