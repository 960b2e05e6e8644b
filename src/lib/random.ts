/** Randomness as a dependency, so that a test can replay a run. */
export interface Random {
	bytes(length: number): Uint8Array<ArrayBuffer>
}

export const systemRandom: Random = {
	bytes: (length) => crypto.getRandomValues(new Uint8Array(length)),
}

/** A secret of 256 bits in base64url (43 characters): codes, tokens, cookies, links. */
export function newSecret(random: Random): string {
	return random.bytes(32).toBase64({ alphabet: 'base64url', omitPadding: true })
}

/** A row's name: a short prefix that says what it is, and 128 random bits. It is no secret. */
export function newId(random: Random, prefix: string): string {
	return `${prefix}_${random.bytes(16).toBase64({ alphabet: 'base64url', omitPadding: true })}`
}

/** An even pick of 0 … below - 1 (below ≤ 2^32), by rejection. */
export function randomInt(random: Random, below: number): number {
	const limit = Math.floor(2 ** 32 / below) * below
	for (;;) {
		const value = new DataView(random.bytes(4).buffer).getUint32(0)
		if (value < limit) return value % below
	}
}
