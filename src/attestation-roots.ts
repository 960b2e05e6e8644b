import { X509Certificate } from 'node:crypto'
import type { AttestationTrust } from './authn/index.ts'
import type { Clock } from './lib/clock.ts'

/** Leaf and intermediates; makers have one or two of the latter. */
const CHAIN_MAX = 5

/** @param pem certificates one after the other. @throws Error where there is none, or one cannot be read */
export function readRoots(pem: string): X509Certificate[] {
	const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []
	if (blocks.length === 0) throw new Error('no certificate')
	return blocks.map((block) => new X509Certificate(block))
}

/**
 * Believes a statement whose certificates lead, each signed by the next, to one of the roots (RFC 5280 §6.1, of it:
 * names, signatures, validity, who may sign certificates). No revocation list is asked: a maker's certificate stands
 * for thousands of keys, and a maker that is believed no more is taken out of the file.
 */
export function trustInRoots(roots: readonly X509Certificate[], clock: Clock): AttestationTrust {
	return async ({ certificates }) => {
		if (certificates.length === 0 || certificates.length > CHAIN_MAX) return false
		const now = clock.now()
		try {
			const chain = certificates.map((der) => new X509Certificate(der))
			const last = chain.at(-1)
			if (!last || !chain.every((certificate) => isValidAt(certificate, now))) return false
			const linked = chain.every((certificate, i) => {
				const next = chain[i + 1]
				return next === undefined || isSignedBy(certificate, next)
			})
			return (
				linked && roots.some((root) => isValidAt(root, now) && (root.raw.equals(last.raw) || isSignedBy(last, root)))
			)
		} catch {
			// A certificate that cannot be read convinces nobody.
			return false
		}
	}
}

function isSignedBy(certificate: X509Certificate, issuer: X509Certificate): boolean {
	return issuer.ca && certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey)
}

function isValidAt({ validFrom, validTo }: X509Certificate, now: number): boolean {
	return Date.parse(validFrom) <= now && now <= Date.parse(validTo)
}
