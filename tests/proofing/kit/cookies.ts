import { hashSecret } from '../../../src/lib/crypto.ts'
import type { Visitor } from './counter.ts'

/** What the database must hold for the device cookie that a visitor has. */
export function deviceSecretHash(visitor: Visitor): string {
	const [, secret] = visitor.cookies.get('__Host-device')?.split('.') ?? []
	if (!secret) throw new Error('no device cookie')
	return hashSecret(secret)
}
