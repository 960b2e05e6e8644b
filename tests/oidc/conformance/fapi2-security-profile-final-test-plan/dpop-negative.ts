import { calculateJwkThumbprint, exportJWK, type JWK } from 'jose'
import { type Book, type DpopKey, newDpopKey, readJwt } from '../kit/book.ts'
import { AT, placeOf } from '../kit/broken.ts'
import { hashOf, type ProofChanges, proof } from '../kit/dpop.ts'
import { FAPI_FLOW, type FapiSignedIn, fapiClient, fapiSignIn, reached, resource } from '../kit/fapi.ts'
import type { TokenAnswer } from '../kit/flows.ts'
import type { Module } from '../kit/module.ts'
import { type Run, randomText } from '../kit/run.ts'
import { PREFIX } from './names.ts'

/** Every "must" of RFC 9449 §4.3 and §7.1 broken once at the resource, and what has to be tolerated. */
interface Case {
	what: string
	/** Whether the resource has to answer. */
	served: boolean
	ask(op: Run, done: FapiSignedIn): Promise<TokenAnswer>
}

const refused = (what: string, ask: Case['ask']): Case => ({ what, served: false, ask })
const served = (what: string, ask: Case['ask']): Case => ({ what, served: true, ask })

/** With a good proof of which these members are other. */
const changed =
	(changes: ProofChanges | ((op: Run, done: FapiSignedIn) => ProofChanges)): Case['ask'] =>
	(op, done) =>
		resource(op, done, { proof: typeof changes === 'function' ? changes(op, done) : changes })

/** With a proof that is changed after it was signed, or made in another way. */
const rewritten =
	(rewrite: (good: string, op: Run, done: FapiSignedIn) => string | Promise<string>): Case['ask'] =>
	async (op, done) => {
		const { userinfo_endpoint } = await op.discovery()
		const ath = hashOf(done.tokens.access_token)
		const good = await proof(op.book, done.key, 'GET', userinfo_endpoint, { ath })
		return resource(op, done, { key: null, headers: { dpop: await rewrite(good, op, done) } })
	}

const encoded = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')

/** The claims under another header, signed by the same key where the header names an algorithm for it. */
const withHeader = (good: string, header: Record<string, unknown>, signature?: string): string => {
	const [, claims, old] = good.split('.')
	return [encoded(header), claims, signature ?? old].join('.')
}

const MISSING = ['jti', 'htm', 'htu', 'iat', 'ath'].map((claim) =>
	refused(`without ${claim}`, changed({ [claim]: undefined })),
)

const CASES: readonly Case[] = [
	served('with the header in capital letters', async (op, done) => {
		const { userinfo_endpoint } = await op.discovery()
		const made = await proof(op.book, done.key, 'GET', userinfo_endpoint, { ath: hashOf(done.tokens.access_token) })
		return resource(op, done, { key: null, headers: { DPOP: made } })
	}),
	refused(
		'with two proofs',
		rewritten((good) => `${good}, ${good}`),
	),
	refused(
		'that is no JWT',
		rewritten(() => randomText()),
	),
	refused('without typ', changed({ header: { typ: undefined } })),
	refused(
		'without alg',
		rewritten((good) => withHeader(good, { ...readJwt(good).header, alg: undefined })),
	),
	refused('without jwk', changed({ header: { jwk: undefined } })),
	...MISSING,
	refused('of typ JWT', changed({ header: { typ: 'JWT' } })),
	refused(
		'with alg none',
		rewritten((good) => withHeader(good, { ...readJwt(good).header, alg: 'none' }, '')),
	),
	refused(
		'with a broken signature',
		rewritten((good) => `${good.slice(0, -6)}AAAAAA`),
	),
	refused('with the private key in jwk', async (op, done) => {
		const jwk = await exportJWK(done.key.privateKey)
		return resource(op, done, { proof: { header: { jwk } } })
	}),
	refused('with htm of another method', changed({ htm: 'PUT' })),
	served(
		'with query and fragment in htu',
		changedHtu((url) => `${url}?foo=bar#baz`),
	),
	refused(
		'with htu of another address',
		changedHtu((url) => `${url}/other`),
	),
	// With a nonce of the server the clock of the client does not matter (RFC 9449 §11.1): the suite tries once more.
	served('of an hour ahead, with the nonce that the server asks for', aheadOf(3_600)),
	served('of an hour ago, with the nonce that the server asks for', aheadOf(-3_600)),
	refused('of an hour ahead, without a nonce', aheadWithoutNonce(3_600)),
	refused('of an hour ago, without a nonce', aheadWithoutNonce(-3_600)),
	refused('with a jti for the second time', async (op, done) => {
		const jti = randomText()
		const first = await resource(op, done, { proof: { jti } })
		return first.status === 200 ? resource(op, done, { proof: { jti } }) : { ...first, status: 500 }
	}),
	refused('with ath of another token', changed({ ath: hashOf('another') })),
	refused('of another key', async (op, done) => resource(op, { ...done, key: await newDpopKey() })),
	served('with members that nobody knows', changed({ foo: 'bar', header: { foo: 'bar' } })),
	served(
		'with scheme and host of htu in capital letters',
		changedHtu((url) => upperCased(new URL(url))),
	),
	served(
		"with the scheme's own port in htu",
		changedHtu((url) => url.replace(/^(https:\/\/[^/]+)/, '$1:443')),
	),
	refused('that is missing', (op, done) => resource(op, done, { key: null })),
	refused('that is missing, with the scheme Bearer', (op, done) => resource(op, done, { key: null, scheme: 'Bearer' })),
]

function changedHtu(change: (url: string) => string): Case['ask'] {
	return async (op, done) => {
		const { userinfo_endpoint } = await op.discovery()
		return resource(op, done, { proof: { htu: change(userinfo_endpoint) } })
	}
}

const upperCased = ({ protocol, host, pathname }: URL): string =>
	`${protocol.toUpperCase()}//${host.toUpperCase()}${pathname}`

function aheadOf(seconds: number): Case['ask'] {
	return changed((op) => ({ iat: op.book.now() + seconds }))
}

function aheadWithoutNonce(seconds: number): Case['ask'] {
	return async (op, done) => {
		const { userinfo_endpoint } = await op.discovery()
		const ath = hashOf(done.tokens.access_token)
		const iat = op.book.now() + seconds
		const made = await proof(op.book, done.key, 'GET', userinfo_endpoint, { ath, iat })
		return resource(op, done, { key: null, headers: { dpop: made } })
	}
}

const conditionOf = ({ what, served }: Case): string => `proof ${what}: ${served ? 'served' : 'refused'}`

const LAST = 'a correct proof still works'

export const dpopNegative: Module = {
	name: `${PREFIX}-dpop-negative-tests`,
	conditions: [...FAPI_FLOW, ...CASES.map(conditionOf), LAST],
	async run(op) {
		const done = await fapiSignIn(op, await fapiClient(op))
		await reached(op, done)
		for (const each of CASES) {
			const { status } = await each.ask(op, done)
			op.check(conditionOf(each), each.served ? status === 200 : status === 400 || status === 401, status)
		}
		op.check(LAST, (await resource(op, done)).status === 200, 'it does not')
	},
	broken: {
		what: 'never looks at `htm`',
		intermediary: (book) => async (request, next) => {
			const made = placeOf(request) === AT.userinfo ? await setRight(request.headers.get('dpop') ?? '', book) : null
			if (made === null) return next(request)
			const headers = new Headers(request.headers)
			headers.set('dpop', made)
			return next(new Request(request, { headers }))
		},
	},
}

/** The same proof for the method that was really used, where it names another. */
async function setRight(made: string, book: Book): Promise<string | null> {
	if (!/^[\w-]+\.[\w-]+\.[\w-]+$/.test(made)) return null
	const { header, payload } = readJwt(made)
	if (payload.htm !== 'PUT' || header.jwk === undefined) return null
	const key: DpopKey | undefined = book.proofKeys.get(await calculateJwkThumbprint(header.jwk as JWK))
	return key ? proof(book, key, 'GET', String(payload.htu), { ath: payload.ath }) : null
}
