/**
 * The composition root: hands each room what it needs, ties what must flow back, mounts the routes.
 *
 * The app is a function of its environment. It reads no setting, no clock and no global of a runtime by itself, so the
 * same function serves Bun, Workers and the tests.
 */
import { fetchRequestHandler } from '@trpc/server/adapters/fetch'
import { Hono } from 'hono'
import type { Db } from '../db/client.ts'
import { isUnavailable } from '../db/unavailable.ts'
import {
	type AttestationTrust,
	type AuthnDeps,
	browserOf,
	countPush,
	createActMemory,
	createWake,
	findCitizen,
	type Peer,
	sessionHashOf,
	startSignIn,
} from './authn/index.ts'
import { keepDocuments } from './documents.ts'
import { LIMITS, type Settings } from './env.ts'
import { errorPage } from './error-page.ts'
import type { Clock } from './lib/clock.ts'
import { hashSecret } from './lib/crypto.ts'
import { isServiceError } from './lib/errors.ts'
import type { Log } from './lib/log.ts'
import { noOutbound, type Outbound } from './lib/outbound.ts'
import type { Random } from './lib/random.ts'
import type { RpcContext } from './lib/rpc.ts'
import type { Vault } from './lib/vault.ts'
import { createKeyRing, createOidc, deliverLogouts } from './oidc/index.ts'
import { type Assets, createPages } from './pages.ts'
import type { CivilRegistry } from './ports/civil-registry/index.ts'
import { findOfficer, ownPidIndex, PROOFING_DEFAULTS, type ProofingNeeds } from './proofing/index.ts'
import { guardRpc, limitBody, securityHeaders } from './security.ts'
import { mountStreams } from './streams.ts'
import { createAppRouter } from './trpc.ts'

export interface AppEnvironment {
	db: Db
	clock: Clock
	random: Random
	vault: Vault
	registry: CivilRegistry
	settings: Pick<Settings, 'issuer' | 'tiers'> & Partial<Pick<Settings, 'officerTiers' | 'keyRotation' | 'offlineCard'>>
	assets: Assets
	/** Where a request comes from, as far as this deployment can know. */
	peer(request: Request): Peer
	/** Whose statements about new keys are believed. Left out: nobody's. */
	attestationTrust?: AttestationTrust
	/** Work that goes on after the answer, where the runtime would end it otherwise (Workers). */
	afterAnswer?(work: Promise<unknown>): void
	/** Asks addresses that relying parties registered. Left out: none is asked. */
	outbound?: Outbound
	log: Log
}

export interface App {
	fetch(request: Request): Response | Promise<Response>
	/** Loads the signing keys, so that the first sign-in does not wait for them. */
	warm(): Promise<void>
	/** Sends the logout tokens that are due. For a timer. @returns how many attempts were made */
	deliverLogouts(): Promise<number>
}

export function createApp(env: AppEnvironment): App {
	const { db, clock, random, vault, registry, log } = env
	const { issuer, tiers, officerTiers, keyRotation } = env.settings
	const wake = createWake()
	const keys = createKeyRing({ db, vault, clock, ...(keyRotation === undefined ? {} : { rotateAfter: keyRotation }) })
	const outbound = env.outbound ?? noOutbound
	const deliver = () => deliverLogouts({ db, vault, clock, keys, issuer, outbound, log })
	const tellClients = () => {
		const told = deliver().catch((error: Error) =>
			log('error', { kind: error.name, path: 'logout', at: firstFrame(error) }),
		)
		env.afterAnswer?.(told)
	}
	const shared: AuthnDeps & ProofingNeeds = {
		db,
		vault,
		clock,
		random,
		registry,
		rp: { id: new URL(issuer).hostname, name: 'DOPA Digital ID', origins: [issuer] },
		issuer,
		keys,
		allowTiers: tiers,
		limits: { ...LIMITS.signIn, offlineCard: env.settings.offlineCard ?? LIMITS.signIn.offlineCard },
		peer: env.peer,
		wake,
		tellClients,
		log,
		ownPidIndex: (officerId) => ownPidIndex({ db }, officerId),
		...(env.attestationTrust ? { attestationTrust: env.attestationTrust } : {}),
		settings: { ...PROOFING_DEFAULTS, allowTiers: tiers, ...(officerTiers ? { officerTiers } : {}) },
	}

	const app = new Hono()
	app.use(securityHeaders(issuer))
	app.use(limitBody)
	app.onError((error, c) => {
		if (isServiceError(error)) return c.json({ error: error.code }, error.code === 'sign_in_unknown' ? 404 : 403)
		if (isUnavailable(error)) return databaseAway(c.req.raw, log)
		// The message of a bug may hold anything; its kind and place are enough to find it.
		log('error', { kind: error.name, path: routeOf(c.req.path), at: firstFrame(error) })
		if (c.req.header('accept')?.includes('text/html'))
			return errorPage(c.req.raw, { error: 'server_error', description: 'internal error', status: 500 })
		return c.json({ error: 'server_error' }, 500)
	})
	app.get('/healthz', (c) => c.text('ok'))
	app.route(
		'/',
		createOidc({
			db,
			vault,
			clock,
			random,
			issuer,
			keys,
			sessionIdle: LIMITS.signIn.sessionIdle,
			silentSnapshotAge: LIMITS.silentSnapshotAge,
			sessionHash: sessionHashOf,
			startSignIn: (request, authorization) => startSignIn(shared, request, browserOf(request, random), authorization),
			countPush: (request, clientId) => countPush(shared, request, clientId),
			errorPage,
			outbound,
			tellClients,
			log,
		}),
	)
	mountRpc(app, shared)
	mountStreams(app, shared)
	app.route('/', createPages({ assets: env.assets, random, errorPage }))
	return {
		fetch: keepDocuments((request) => app.fetch(request), {
			'/.well-known/openid-configuration': () => app,
			'/.well-known/jwks.json': keys.jwks,
		}),
		warm: () => keys.jwks().then(() => undefined),
		deliverLogouts: deliver,
	}
}

/** Seconds after which a client may try again. */
const RETRY_AFTER = 5

/** RFC 9110 §15.6.4: nothing was done, and the same request may be sent again. */
function databaseAway(request: Request, log: Log): Response {
	log('database_away', { path: routeOf(new URL(request.url).pathname) })
	const error = 'temporarily_unavailable'
	const response = request.headers.get('accept')?.includes('text/html')
		? errorPage(request, { error, description: 'the database does not answer', status: 503 })
		: Response.json({ error, error_description: 'try again in a moment' }, { status: 503 })
	response.headers.set('retry-after', String(RETRY_AFTER))
	response.headers.set('cache-control', 'no-store')
	return response
}

/** tRPC over fetch. One call a request: a batch would mix cookies and idempotency keys. */
function mountRpc(app: Hono, deps: AuthnDeps & ProofingNeeds): void {
	const router = createAppRouter(deps)
	app.all('/trpc/*', async (c) => {
		const refused = guardRpc(c.req.raw, deps.issuer)
		if (refused) return refused
		const responseHeaders = new Headers()
		const response = await fetchRequestHandler({
			endpoint: '/trpc',
			req: c.req.raw,
			router,
			allowBatching: false,
			createContext: () => rpcContext(deps, c.req.raw, responseHeaders),
			onError({ error, path }) {
				if (error.code === 'INTERNAL_SERVER_ERROR' && !isServiceError(error.cause))
					deps.log('error', {
						kind: error.cause?.name ?? error.name,
						path: path ?? '?',
						at: firstFrame(error.cause ?? error),
					})
			},
		})
		const headers = new Headers(response.headers)
		for (const [name, value] of responseHeaders) headers.append(name, value)
		headers.set('cache-control', 'no-store')
		if (response.status === 503) headers.set('retry-after', String(RETRY_AFTER))
		return new Response(response.body, { status: response.status, headers })
	})
}

function rpcContext(deps: AuthnDeps & ProofingNeeds, request: Request, responseHeaders: Headers): RpcContext {
	const { db, random, clock } = deps
	const browser = browserOf(request, random)
	for (const [name, value] of browser.headers) responseHeaders.append(name, value)
	const key = request.headers.get('idempotency-key')
	const once = <T>(make: () => Promise<T>) => {
		let made: Promise<T> | undefined
		return () => {
			made ??= make()
			return made
		}
	}
	return {
		request,
		responseHeaders,
		// Bound to the browser: another browser that learns a key repeats nothing.
		actKey: key !== null && /^[\w-]{16,64}$/.test(key) ? hashSecret(`${browser.hash}/${key}`) : null,
		browser: () => Promise.resolve({ hash: browser.hash }),
		citizen: once(() => findCitizen(db, request, clock.now(), deps.limits.sessionIdle)),
		officer: once(() => findOfficer(deps, request)),
		isUnavailable,
		acts: createActMemory(deps, responseHeaders),
	}
}

/** A path without its ids. */
const routeOf = (path: string) => path.replace(/\/[a-z]+_[\w-]{22}(?=\/|$)/g, '/:id')

/** Where a bug stands: the first line of its stack that is code. */
function firstFrame(error: Error): string {
	return (
		error.stack
			?.split('\n')
			.find((line) => /^\s+at /.test(line))
			?.trim()
			.slice(0, 160) ?? '?'
	)
}
