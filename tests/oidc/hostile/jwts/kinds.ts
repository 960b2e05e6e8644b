import { createHash, randomUUID } from 'node:crypto'
import { consented } from '../../kit/provider.ts'
import { newKey, register } from '../../kit/relying-party.ts'
import { authorizationPairs, BASES } from '../kit/bases.ts'
import { all, drop, set } from '../kit/draft.ts'
import type { Ours } from '../kit/ours.ts'
import { type Cast, type ProfileName, SCOPE } from '../kit/server.ts'
import {
	audience,
	expiry,
	fromClient,
	issuedAt,
	notBefore,
	ofToken,
	oneAudience,
	proof,
	requestObject,
	uniqueId,
} from './claims.ts'
import { algorithms, critical, keys, payloads, serialisation, types } from './envelope.ts'
import type { Kind } from './kind.ts'
import { accessToken, idTokenHint } from './kinds-of-ours.ts'
import type { Mutation } from './mutation.ts'
import { ed25519, rsa, smallOrderKeys } from './other-algorithms.ts'
import { proofKeys } from './proof-keys.ts'
import type { Good, Json } from './seal.ts'
import { signatures } from './signatures.ts'

const envelope = (own: readonly string[]) => [
	...algorithms,
	...critical,
	...types(own),
	...serialisation,
	...signatures,
	...payloads,
]

type Common = Pick<Good, 'key' | 'stranger' | 'client' | 'other' | 'issuer' | 'now'>

function common(ours: Ours, { rp, other }: Cast): Common {
	const [key] = rp.keys
	const [stranger] = other.keys
	if (!key || !stranger) throw new Error('clients without keys')
	const now = Math.floor(ours.now() / 1_000)
	return { key, stranger, client: rp.id, other: other.id, issuer: ours.issuer, now }
}

const OF_ASSERTIONS = [
	...envelope(['client-authentication+jwt']),
	...keys,
	...fromClient('iss'),
	...fromClient('sub'),
	...audience,
	...oneAudience,
	...expiry(300),
	...notBefore,
	...issuedAt,
	...uniqueId,
]

interface Assertions {
	endpoint: 'par' | 'refresh'
	cast: Cast
	name?: string
	mutations?: readonly Mutation[]
}

async function clientAssertion(ours: Ours, of: Assertions): Promise<Kind> {
	const { endpoint, cast, name = `client assertion at ${endpoint}`, mutations = OF_ASSERTIONS } = of
	const base = await BASES[endpoint](ours, cast)
	return {
		...{ name, mutations },
		cast,
		async good() {
			const about = common(ours, cast)
			const { key, client, issuer, now } = about
			const claims: Json = { iss: client, sub: client, aud: issuer, jti: randomUUID(), iat: now, exp: now + 60 }
			return { ...about, header: { alg: key.alg, kid: key.kid }, claims }
		},
		async bring(jwt) {
			const draft = await base.make()
			set('client_assertion', jwt)(draft)
			return draft
		},
		accepted: base.accepted,
		verdict: { error: 'invalid_client', status: 401, where: 'json' },
		once: true,
	}
}

async function dpopProof(ours: Ours, endpoint: 'par' | 'refresh' | 'userinfo'): Promise<Kind> {
	const cast = ours.casts.fapi2
	const { dpop: key } = cast
	if (!key) throw new Error('no key')
	const stranger = await newKey('ES256')
	const base = await BASES[endpoint](ours, cast)
	const use = endpoint === 'userinfo'
	return {
		name: `DPoP proof at ${endpoint}`,
		mutations: [...envelope(['dpop+jwt']), ...proofKeys, ...smallOrderKeys, ...proof, ...(use ? ofToken : [])],
		cast,
		async good() {
			const draft = await base.make()
			const token = draft.headers.authorization?.split(' ')[1] ?? ''
			const { kid: _, use: __, alg: ___, ...jwk } = key.publicJwk
			const claims: Json = {
				jti: randomUUID(),
				htm: draft.method,
				htu: `${ours.issuer}${draft.path}`,
				iat: Math.floor(ours.now() / 1_000),
				...(use ? { ath: createHash('sha256').update(token).digest('base64url') } : {}),
			}
			return { ...common(ours, cast), key, stranger, header: { typ: 'dpop+jwt', alg: key.alg, jwk }, claims }
		},
		async bring(jwt) {
			const draft = await base.make()
			// As a header field cannot hold what is no Latin-1, it is read as the bytes of its UTF-8.
			draft.headers.dpop = Buffer.from(jwt).toString('latin1')
			return draft
		},
		accepted: base.accepted,
		verdict: { error: 'invalid_dpop_proof', status: use ? 401 : 400, where: 'json' },
		once: true,
	}
}

/** JAR: pushed by a client of `fapi2`, or in the query by one of `oidc` that has keys. */
async function signedRequest(ours: Ours, endpoint: 'par' | 'authorize', cast: Cast): Promise<Kind> {
	const base = await BASES[endpoint](ours, cast)
	const plain = endpoint === 'authorize' ? await base.make() : null
	return {
		name: `request object at ${endpoint}`,
		mutations: [
			...envelope(['oauth-authz-req+jwt']),
			...keys,
			...fromClient('iss'),
			...audience,
			...expiry(3_600),
			...notBefore,
			...issuedAt,
			...requestObject,
		],
		cast,
		async good() {
			const about = common(ours, cast)
			const { key, client, issuer, now } = about
			const params = Object.fromEntries(authorizationPairs(cast))
			const claims: Json = { ...params, iss: client, aud: issuer, iat: now, nbf: now, exp: now + 60 }
			return { ...about, header: { typ: 'oauth-authz-req+jwt', alg: key.alg, kid: key.kid }, claims }
		},
		async bring(jwt) {
			const draft = plain ? structuredClone(plain) : await base.make()
			// `redirect_uri` and `state` stay beside it: where an error of the object itself goes.
			all(
				drop('response_type', 'scope', 'nonce', 'code_challenge', 'code_challenge_method'),
				set('request', jwt),
			)(draft)
			return draft
		},
		accepted: base.accepted,
		verdict: {
			error: 'invalid_request_object',
			...(endpoint === 'par' ? { status: 400, where: 'json' } : { status: 303, where: 'redirect' }),
		},
		once: false,
	}
}

/** Clients that sign by an algorithm. */
async function signingCast(ours: Ours, profile: ProfileName, alg: string): Promise<Cast> {
	const one = async () => {
		const rp = await register(ours.provider, { profile }, [await newKey(alg)])
		await consented(ours.provider, ours.holder, rp, SCOPE)
		return rp
	}
	return { profile, rp: await one(), other: await one(), dpop: null }
}

export const openKinds = async (ours: Ours): Promise<Kind[]> => [
	await clientAssertion(ours, { endpoint: 'par', cast: ours.casts.fapi2 }),
	await clientAssertion(ours, { endpoint: 'refresh', cast: ours.casts.fapi2 }),
	await clientAssertion(ours, {
		endpoint: 'par',
		cast: await signingCast(ours, 'fapi2', 'EdDSA'),
		name: 'client assertion by Ed25519',
		mutations: [...algorithms, ...ed25519],
	}),
	await clientAssertion(ours, {
		endpoint: 'par',
		cast: await signingCast(ours, 'fapi2', 'PS256'),
		name: 'client assertion by RSA',
		mutations: [...algorithms, ...rsa],
	}),
	await dpopProof(ours, 'par'),
	await dpopProof(ours, 'refresh'),
	await dpopProof(ours, 'userinfo'),
	await signedRequest(ours, 'par', ours.casts.fapi2),
	await signedRequest(ours, 'authorize', await signingCast(ours, 'oidc', 'ES256')),
	await idTokenHint(ours, 'authorize'),
	await idTokenHint(ours, 'end_session'),
	await accessToken(ours),
]
