import { z } from 'zod'
import { DAY, HOUR, MINUTE, SECOND } from './lib/clock.ts'
import { parseRootKeys, type RootKey } from './lib/vault.ts'

/**
 * Every setting of the product, read once and validated. Names begin with `DOPA_`; one that is not known, or one that
 * is missing, stops the start and says its name.
 *
 * Two modes. `demo` seeds a synthetic country, makes its own keys and prints the first officer's link, and therefore
 * only runs with a loopback issuer. `production` does none of that; what is embedded has to be named there.
 */
const TIERS = ['attested', 'device-bound', 'browser-bound'] as const

const list = (text: string) => text.split(',').map((part) => part.trim())

const tierList = z
	.string()
	.refine((text) => list(text).every((tier) => (TIERS as readonly string[]).includes(tier)), 'unknown tier')

/** Digits and nothing else: `Number('')` is 0, and `8e3` is a number too. wrangler hands numbers on as such. */
const integer = (min: number, max: number) =>
	z
		.union([z.string(), z.number()])
		.transform(String)
		.pipe(
			z
				.string()
				.regex(/^\d{1,9}$/, 'must be a whole number')
				.transform(Number)
				.pipe(z.number().min(min).max(max)),
		)

const text = z.string().min(1, 'empty: give it a value or leave it out')

const schema = z.strictObject({
	DOPA_MODE: z.enum(['demo', 'production']).default('demo'),
	/** Origin under which everybody knows us: `https://id.example.go.th`. No trailing slash. */
	DOPA_ISSUER: text.optional(),
	DOPA_HOST: text.default('127.0.0.1'),
	DOPA_PORT: integer(0, 65_535).default(8787),
	/** Where the demo keeps databases and keys. */
	DOPA_DATA: text.default('data'),
	DOPA_DATABASE_URL: text.regex(/^(file:|libsql:|https?:|wss?:)/, 'must be file:… or libsql://…').optional(),
	DOPA_DATABASE_TOKEN: text.optional(),
	/** `version:key` pairs, newest first; a key is 32 bytes in base64url. */
	DOPA_ROOT_KEYS: text.optional(),
	/** Days after which a key that signs tokens gets a successor by itself; 0: only `bun run keys rotate` makes one. */
	DOPA_KEY_ROTATION_DAYS: integer(0, 3_650).default(90),
	DOPA_REGISTRY: z.enum(['simulator', 'linkage']).optional(),
	DOPA_REGISTRY_URL: z.url().optional(),
	DOPA_REGISTRY_TOKEN: text.optional(),
	DOPA_REGISTRY_TIMEOUT_MS: integer(100, 30_000).default(3_000),
	/** Stand-ins that this deployment knowingly uses in production mode, by name: `simulator`. */
	DOPA_EMBEDDED: z.enum(['', 'simulator']).default(''),
	/** Persons in the simulated registry. */
	DOPA_POPULATION: integer(100, 10_000_000).default(2_000),
	/** How firmly a passkey has to be bound: which tiers are let in. */
	DOPA_TIERS: tierList.default(TIERS.join(',')),
	/** The same for officers. Their keys are handed out by the office, so the default lets no copied passkey in. */
	DOPA_OFFICER_TIERS: tierList.optional(),
	/** A PEM file: roots of makers whose statements about their keys are believed. Without it no key is `attested`. */
	DOPA_ATTESTATION_ROOTS: text.optional(),
	/** A header that a proxy in front sets to the client's address. Nobody else may reach the server then. */
	DOPA_CLIENT_ADDRESS_HEADER: text.regex(/^[\w-]+$/, 'must be the name of a header').optional(),
	/**
	 * Hosts that may be asked because a relying party registered an address there (keys, logout): `rp.example`,
	 * `rp.example:8443`, `*.go.th`, or an address such as `127.0.0.1:9000`, which need not be public then.
	 */
	DOPA_OUTBOUND_HOSTS: z
		.string()
		.refine(
			(hosts) =>
				hosts === '' ||
				list(hosts).every((host) => /^(\*\.)?([\w-]+\.)*[\w-]+(:\d{1,5})?$|^\[[\da-f:]+\](:\d{1,5})?$/i.test(host)),
			'must be hosts, comma between',
		)
		.default(''),
	/** Hours for which a phone may show the card's face without network; 0: it keeps nothing. */
	DOPA_OFFLINE_CARD_HOURS: integer(0, 720).default(72),
	/** The sample agency starts beside the demo. */
	DOPA_AGENCY: z.enum(['on', 'off']).default('on'),
})

export interface Settings {
	mode: 'demo' | 'production'
	issuer: string
	host: string
	port: number
	dataDirectory: string
	database: { url: string; token: string | undefined }
	/** Null in demo mode where none are given: the demo makes and keeps its own. */
	rootKeys: readonly RootKey[] | null
	/** ms; Infinity: never by itself. */
	keyRotation: number
	registry: { kind: 'simulator' } | { kind: 'linkage'; url: string; token: string; timeoutMs: number }
	population: number
	tiers: readonly (typeof TIERS)[number][]
	officerTiers: readonly (typeof TIERS)[number][]
	/** A path; null: no maker's statement is believed. */
	attestationRoots: string | null
	clientAddressHeader: string | null
	outboundHosts: readonly string[]
	/** ms */
	offlineCard: number
	agency: boolean
}

/** A setting is wrong. The message names it and never holds its value. */
export class SettingsError extends Error {
	override readonly name = 'SettingsError'
}

/** @param env `process.env`, or a Worker's bindings. @throws SettingsError */
export function readSettings(env: Readonly<Record<string, unknown>>): Settings {
	const ours = Object.fromEntries(Object.entries(env).filter(([name]) => name.startsWith('DOPA_')))
	const parsed = schema.safeParse(ours)
	if (!parsed.success) {
		const issue = parsed.error.issues[0]
		const name = issue?.code === 'unrecognized_keys' ? issue.keys.join(', ') : issue?.path.join('.')
		throw new SettingsError(`setting ${name}: ${issue?.code === 'unrecognized_keys' ? 'unknown' : issue?.message}`)
	}
	const given = parsed.data
	const demo = given.DOPA_MODE === 'demo'
	const issuer = originOf(given.DOPA_ISSUER ?? (demo ? `http://localhost:${given.DOPA_PORT}` : undefined), demo)
	if (!demo && given.DOPA_ROOT_KEYS === undefined) throw new SettingsError('setting DOPA_ROOT_KEYS: missing')
	const roots = given.DOPA_ATTESTATION_ROOTS ?? null
	return {
		mode: given.DOPA_MODE,
		issuer,
		host: given.DOPA_HOST,
		port: given.DOPA_PORT,
		dataDirectory: given.DOPA_DATA,
		database: {
			url: given.DOPA_DATABASE_URL ?? `file:${given.DOPA_DATA}/dopa.db`,
			token: given.DOPA_DATABASE_TOKEN,
		},
		rootKeys: given.DOPA_ROOT_KEYS === undefined ? null : rootKeysOf(given.DOPA_ROOT_KEYS),
		keyRotation: given.DOPA_KEY_ROTATION_DAYS === 0 ? Number.POSITIVE_INFINITY : given.DOPA_KEY_ROTATION_DAYS * DAY,
		registry: registryOf(given, demo),
		population: given.DOPA_POPULATION,
		tiers: tiersOf('DOPA_TIERS', given.DOPA_TIERS, roots),
		// A newcomer's laptop may know no other passkey than one that its maker's cloud copies.
		officerTiers: tiersOf(
			'DOPA_OFFICER_TIERS',
			given.DOPA_OFFICER_TIERS ?? (demo ? TIERS.join(',') : 'attested,device-bound'),
			roots,
		),
		attestationRoots: roots,
		clientAddressHeader: given.DOPA_CLIENT_ADDRESS_HEADER ?? null,
		outboundHosts: list(given.DOPA_OUTBOUND_HOSTS).filter(Boolean),
		offlineCard: given.DOPA_OFFLINE_CARD_HOURS * HOUR,
		agency: given.DOPA_AGENCY === 'on',
	}
}

/** Whoever lets in attested keys alone and believes no maker would let in nobody. */
function tiersOf(name: string, given: string, roots: string | null): Settings['tiers'] {
	const tiers = list(given) as Settings['tiers']
	if (roots === null && tiers.every((tier) => tier === 'attested'))
		throw new SettingsError(`setting ${name}: attested alone needs DOPA_ATTESTATION_ROOTS`)
	return tiers
}

function rootKeysOf(text: string): RootKey[] {
	let keys: RootKey[]
	try {
		keys = parseRootKeys(text)
	} catch {
		throw new SettingsError('setting DOPA_ROOT_KEYS: must be version:key pairs, 32 bytes in base64url each')
	}
	// The newest seals, the oldest is that of the index by which people are found: the order is no matter of taste.
	if (keys.some(({ version }, i) => version >= (keys[i - 1]?.version ?? Number.POSITIVE_INFINITY)))
		throw new SettingsError('setting DOPA_ROOT_KEYS: must be newest first, each version once')
	return keys
}

const LOOPBACK = /^(localhost|127\.0\.0\.1|\[::1\])$/

function originOf(text: string | undefined, demo: boolean): string {
	if (text === undefined) throw new SettingsError('setting DOPA_ISSUER: missing')
	if (!URL.canParse(text)) throw new SettingsError('setting DOPA_ISSUER: not a URL')
	const url = new URL(text)
	if (url.origin !== text) throw new SettingsError('setting DOPA_ISSUER: must be an origin, without path or slash')
	const loopback = LOOPBACK.test(url.hostname)
	if (!/^https?:$/.test(url.protocol)) throw new SettingsError('setting DOPA_ISSUER: must be http or https')
	if (demo && !loopback) throw new SettingsError('setting DOPA_ISSUER: demo mode only runs on a loopback address')
	if (!demo && url.protocol !== 'https:' && !loopback) throw new SettingsError('setting DOPA_ISSUER: must be https')
	return url.origin
}

function registryOf(given: z.infer<typeof schema>, demo: boolean): Settings['registry'] {
	const kind = given.DOPA_REGISTRY ?? (demo ? 'simulator' : undefined)
	if (kind === undefined) throw new SettingsError('setting DOPA_REGISTRY: missing')
	if (kind === 'simulator') {
		if (!demo && !list(given.DOPA_EMBEDDED).includes('simulator'))
			throw new SettingsError('setting DOPA_EMBEDDED: must name simulator to use it in production mode')
		return { kind }
	}
	if (!given.DOPA_REGISTRY_URL) throw new SettingsError('setting DOPA_REGISTRY_URL: missing')
	const { protocol, hostname } = new URL(given.DOPA_REGISTRY_URL)
	// What is asked there is who somebody is, and the token goes with it.
	if (protocol !== 'https:' && !LOOPBACK.test(hostname))
		throw new SettingsError('setting DOPA_REGISTRY_URL: must be https')
	if (!given.DOPA_REGISTRY_TOKEN) throw new SettingsError('setting DOPA_REGISTRY_TOKEN: missing')
	return {
		kind,
		url: given.DOPA_REGISTRY_URL,
		token: given.DOPA_REGISTRY_TOKEN,
		timeoutMs: given.DOPA_REGISTRY_TIMEOUT_MS,
	}
}

/** All times and counts that a rule of the product uses, in one place. ms */
export const LIMITS = {
	signIn: {
		waiting: 15 * MINUTE,
		scan: 2 * MINUTE,
		decide: 5 * MINUTE,
		collect: 2 * MINUTE,
		frameFromScanner: 3 * SECOND,
		frameFromCamera: 15 * SECOND,
		session: 12 * HOUR,
		sessionIdle: 30 * MINUTE,
		// A network is a /24 or /48, and a mobile operator puts many thousands of citizens behind one.
		startsFromNetwork: { limit: 3_000, window: 5 * MINUTE },
		looksAtSignIn: { limit: 30, window: 15 * MINUTE },
		looksOfBrowser: { limit: 120, window: 15 * MINUTE },
		freshUnlock: 5 * MINUTE,
		cardCheck: MINUTE,
		cardsShown: { limit: 30, window: 15 * MINUTE },
		checksOfBrowser: { limit: 60, window: 15 * MINUTE },
		checksFromNetwork: { limit: 1_000, window: 5 * MINUTE },
		offlineCard: 72 * HOUR,
		lossesOfPerson: { limit: 3, window: DAY },
		lossesFromNetwork: { limit: 300, window: HOUR },
		challengesFromNetwork: { limit: 20_000, window: 5 * MINUTE },
		unlocksOfBrowser: { limit: 60, window: 15 * MINUTE },
	},
	/** The oldest answer of the AS that a silent sign-in may reuse. */
	silentSnapshotAge: 30 * MINUTE,
} as const
