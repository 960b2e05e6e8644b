import { type Cbor, concat, encodeCbor } from './cbor.ts'
import { newPasskeyPair, type PasskeyPair } from './phone-key.ts'

/** A maker of security keys: its root, and batch certificates under it that sign `packed` statements (WebAuthn §8.2.1). */
export interface Maker {
	/** X.509 in DER. */
	root: Uint8Array<ArrayBuffer>
	/** The certificate that signs statements, and one that it has signed although it may sign none. */
	batch: Uint8Array<ArrayBuffer>
	belowBatch: Uint8Array<ArrayBuffer>
	/** For the phone's `attestation` knob. */
	attest(signed: Uint8Array<ArrayBuffer>): Promise<{ fmt: string; attStmt: Cbor }>
}

type Der = Uint8Array<ArrayBuffer>

function tlv(tag: number, ...parts: Uint8Array[]): Der {
	const body = concat(...parts)
	const length =
		body.length < 0x80
			? Uint8Array.of(body.length)
			: body.length < 0x100
				? Uint8Array.of(0x81, body.length)
				: Uint8Array.of(0x82, body.length >> 8, body.length & 0xff)
	return concat(Uint8Array.of(tag), length, body)
}

const sequence = (...parts: Uint8Array[]): Der => tlv(0x30, ...parts)
const oid = (hex: string): Der => tlv(0x06, Uint8Array.fromHex(hex))
const text = (value: string): Der => tlv(0x0c, new TextEncoder().encode(value))
const time = (value: string): Der => tlv(0x17, new TextEncoder().encode(value))

const ECDSA_SHA256 = sequence(oid('2a8648ce3d040302'))
const P256_KEY = sequence(oid('2a8648ce3d0201'), oid('2a8648ce3d030107'))
const NAMES = { C: '550406', O: '55040a', OU: '55040b', CN: '550403' } as const
const BASIC_CONSTRAINTS = '551d13'

function name(parts: Partial<Record<keyof typeof NAMES, string>>): Der {
	return sequence(
		...Object.entries(parts).map(([key, value]) =>
			tlv(0x31, sequence(oid(NAMES[key as keyof typeof NAMES]), text(value))),
		),
	)
}

function point(pair: PasskeyPair): Der {
	const [x, y] = [pair.cose.get(-2), pair.cose.get(-3)]
	if (!(x instanceof Uint8Array && y instanceof Uint8Array)) throw new Error('not a P-256 key')
	return tlv(0x03, Uint8Array.of(0, 4), x, y)
}

async function certificate(
	subject: Der,
	key: PasskeyPair,
	issuer: Der,
	signer: PasskeyPair,
	ca: boolean,
): Promise<Der> {
	const constraints = tlv(0x04, ca ? sequence(tlv(0x01, Uint8Array.of(0xff))) : sequence())
	const toBeSigned = sequence(
		tlv(0xa0, tlv(0x02, Uint8Array.of(2))),
		tlv(0x02, Uint8Array.of(ca ? 1 : 2)),
		ECDSA_SHA256,
		issuer,
		sequence(time('200101000000Z'), time('491231235959Z')),
		subject,
		sequence(P256_KEY, point(key)),
		tlv(0xa3, sequence(sequence(oid(BASIC_CONSTRAINTS), tlv(0x01, Uint8Array.of(0xff)), constraints))),
	)
	return sequence(toBeSigned, ECDSA_SHA256, tlv(0x03, Uint8Array.of(0), await signer.sign(toBeSigned)))
}

export async function newMaker(): Promise<Maker> {
	const [rootKey, batchKey] = [await newPasskeyPair(-7), await newPasskeyPair(-7)]
	const rootName = name({ C: 'TH', O: 'Test Keys', CN: 'Test Keys Root' })
	const batchName = name({ C: 'TH', O: 'Test Keys', OU: 'Authenticator Attestation', CN: 'Test Keys Batch 1' })
	const root = await certificate(rootName, rootKey, rootName, rootKey, true)
	const batch = await certificate(batchName, batchKey, rootName, rootKey, false)
	const belowBatch = await certificate(name({ CN: 'Anybody' }), await newPasskeyPair(-7), batchName, batchKey, false)
	return {
		root,
		batch,
		belowBatch,
		async attest(signed) {
			const attStmt = new Map<Cbor, Cbor>([
				['alg', -7],
				['sig', await batchKey.sign(signed)],
				['x5c', [batch]],
			])
			return { fmt: 'packed', attStmt }
		},
	}
}

/** A statement over something else than what is registered. */
export const overSomethingElse =
	(maker: Maker): Maker['attest'] =>
	() =>
		maker.attest(encodeCbor('something else'))
