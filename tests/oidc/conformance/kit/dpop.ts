import { createHash } from 'node:crypto'
import { SignJWT } from 'jose'
import { newSecret, systemRandom } from '../../../../src/lib/random.ts'
import type { Book, DpopKey } from './book.ts'

/** What a test changes of a good proof: claims, and the header under `header`. `undefined` takes a member away. */
export type ProofChanges = Record<string, unknown> & { header?: Record<string, unknown> }

/** RFC 9449 §4.2 */
export async function proof(
	book: Book,
	key: DpopKey,
	htm: string,
	htu: string,
	{ header = {}, ...changes }: ProofChanges = {},
	signer: Pick<DpopKey, 'privateKey'> = key,
): Promise<string> {
	book.proofKeys.set(key.jkt, key)
	const good = { htm, htu, jti: newSecret(systemRandom), iat: book.now() }
	const claims = JSON.parse(JSON.stringify({ ...good, ...changes })) as Record<string, unknown>
	const head = { typ: 'dpop+jwt', alg: key.alg, jwk: key.jwk, ...header }
	return new SignJWT(claims).setProtectedHeader(JSON.parse(JSON.stringify(head)) as typeof head).sign(signer.privateKey)
}

/** `ath`: the hash of the access token that the proof goes with. */
export const hashOf = (token: string): string => createHash('sha256').update(token).digest('base64url')
