import { describe, expect, test } from 'bun:test'
import { readSettings, type Settings, SettingsError } from '../../src/env.ts'

const KEY = 'A'.repeat(43)
const PRODUCTION = {
	DOPA_MODE: 'production',
	DOPA_ISSUER: 'https://id.example.go.th',
	DOPA_ROOT_KEYS: `1:${KEY}`,
	DOPA_REGISTRY: 'linkage',
	DOPA_REGISTRY_URL: 'https://linkage.example.go.th',
	DOPA_REGISTRY_TOKEN: 'token',
}

type Env = Record<string, string | number | undefined>
const without = (...names: string[]): Env => ({
	...PRODUCTION,
	...Object.fromEntries(names.map((n) => [n, undefined])),
})
const read = (env: Env) =>
	readSettings(Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined)))

describe('settings', () => {
	test('none are needed for the demo', () => {
		expect(read({})).toEqual({
			mode: 'demo',
			issuer: 'http://localhost:8787',
			host: '127.0.0.1',
			port: 8787,
			dataDirectory: 'data',
			database: { url: 'file:data/dopa.db', token: undefined },
			rootKeys: null,
			registry: { kind: 'simulator' },
			population: 2_000,
			tiers: ['attested', 'device-bound', 'browser-bound'],
			officerTiers: expect.any(Array),
			attestationRoots: null,
			clientAddressHeader: null,
			outboundHosts: [],
			offlineCard: 72 * 3_600_000,
			agency: true,
			keyRotation: 90 * 86_400_000,
		})
	})

	test('of production', () => {
		expect(read(PRODUCTION)).toMatchObject({
			mode: 'production',
			issuer: 'https://id.example.go.th',
			rootKeys: [{ version: 1, key: new Uint8Array(32) }],
			registry: { kind: 'linkage', url: 'https://linkage.example.go.th', token: 'token', timeoutMs: 3_000 },
		})
	})

	test('what others set is none of our business', () => {
		expect(read({ PATH: '/bin', DOPAX: '1', dopa_mode: 'production', NODE_ENV: 'test' }).mode).toBe('demo')
	})

	test.each<[string, Env, Partial<Settings>]>([
		['the issuer follows the port', { DOPA_PORT: '9000' }, { issuer: 'http://localhost:9000', port: 9_000 }],
		['a number that is one, as wrangler hands it on', { DOPA_PORT: 9_000 }, { port: 9_000 }],
		[
			'the database follows the folder',
			{ DOPA_DATA: '/srv' },
			{ database: { url: 'file:/srv/dopa.db', token: undefined } },
		],
		[
			'attested keys alone, of makers that are believed',
			{ DOPA_TIERS: 'attested', DOPA_OFFICER_TIERS: 'attested', DOPA_ATTESTATION_ROOTS: '/etc/dopa/roots.pem' },
			{ tiers: ['attested'], officerTiers: ['attested'], attestationRoots: '/etc/dopa/roots.pem' },
		],
		['tiers with spaces', { DOPA_TIERS: 'attested, device-bound' }, { tiers: ['attested', 'device-bound'] }],
		[
			'hosts that may be asked',
			{ DOPA_OUTBOUND_HOSTS: 'rp.example, *.go.th,127.0.0.1:9000,[::1]:9000' },
			{ outboundHosts: ['rp.example', '*.go.th', '127.0.0.1:9000', '[::1]:9000'] },
		],
		['keys that change each month', { DOPA_KEY_ROTATION_DAYS: '30' }, { keyRotation: 30 * 86_400_000 }],
		['keys that only the operator changes', { DOPA_KEY_ROTATION_DAYS: '0' }, { keyRotation: Number.POSITIVE_INFINITY }],
		['no hosts that may be asked', { DOPA_OUTBOUND_HOSTS: '' }, { outboundHosts: [] }],
		['no agency', { DOPA_AGENCY: 'off' }, { agency: false }],
		['an issuer on another loopback', { DOPA_ISSUER: 'http://[::1]:8787' }, { issuer: 'http://[::1]:8787' }],
		['production on a loopback', { ...PRODUCTION, DOPA_ISSUER: 'http://127.0.0.1:1' }, { mode: 'production' }],
		['a registry on a loopback', { ...PRODUCTION, DOPA_REGISTRY_URL: 'http://127.0.0.1:9/' }, { mode: 'production' }],
		[
			'the simulator in production, by name',
			{
				...without('DOPA_REGISTRY_URL', 'DOPA_REGISTRY_TOKEN'),
				DOPA_REGISTRY: 'simulator',
				DOPA_EMBEDDED: 'simulator',
			},
			{ registry: { kind: 'simulator' } },
		],
		[
			'a ring of keys, newest first',
			{ ...PRODUCTION, DOPA_ROOT_KEYS: `12:${KEY}, 3:${KEY},1:${KEY}` },
			{ rootKeys: [12, 3, 1].map((version) => ({ version, key: new Uint8Array(32) })) },
		],
	])('%s', (_, env, expected) => {
		expect(read(env)).toMatchObject(expected)
	})
})

/** A setting that is wrong stops the start and says its name, and never its value. */
const WRONG: [what: string, env: Env, name: string][] = [
	['unknown', { DOPA_ISUER: 'https://secret.example' }, 'DOPA_ISUER'],
	['unknown by its case', { DOPA_issuer: 'secret' }, 'DOPA_issuer'],
	['unknown, two of them', { DOPA_SECRET_A: 'secret', DOPA_SECRET_B: 'secret' }, 'DOPA_SECRET_B'],
	['a mode that is none', { DOPA_MODE: 'secret' }, 'DOPA_MODE'],
	['a mode in capitals', { DOPA_MODE: 'PRODUCTION' }, 'DOPA_MODE'],
	['an empty mode', { DOPA_MODE: '' }, 'DOPA_MODE'],
	['an empty port', { DOPA_PORT: '' }, 'DOPA_PORT'],
	['a port of spaces', { DOPA_PORT: ' ' }, 'DOPA_PORT'],
	['a port that is no number', { DOPA_PORT: 'secret' }, 'DOPA_PORT'],
	['a port beyond the last', { DOPA_PORT: '65536' }, 'DOPA_PORT'],
	['a port below the first', { DOPA_PORT: '-1' }, 'DOPA_PORT'],
	['half a port', { DOPA_PORT: '80.5' }, 'DOPA_PORT'],
	['a port in hexadecimal', { DOPA_PORT: '0x50' }, 'DOPA_PORT'],
	['a port in powers of ten', { DOPA_PORT: '8e3' }, 'DOPA_PORT'],
	['too few people', { DOPA_POPULATION: '99' }, 'DOPA_POPULATION'],
	['a timeout of nothing', { DOPA_REGISTRY_TIMEOUT_MS: '0' }, 'DOPA_REGISTRY_TIMEOUT_MS'],
	['a tier that is none', { DOPA_TIERS: 'attested,secret' }, 'DOPA_TIERS'],
	['no tier', { DOPA_TIERS: '' }, 'DOPA_TIERS'],
	['an officer’s tier that is none', { DOPA_OFFICER_TIERS: 'secret' }, 'DOPA_OFFICER_TIERS'],
	['attested keys alone, though nobody is believed', { DOPA_TIERS: 'attested' }, 'DOPA_TIERS'],
	['the same, of officers', { DOPA_OFFICER_TIERS: 'attested,attested' }, 'DOPA_OFFICER_TIERS'],
	['roots of nowhere', { DOPA_ATTESTATION_ROOTS: '' }, 'DOPA_ATTESTATION_ROOTS'],
	['agency=yes', { DOPA_AGENCY: 'yes' }, 'DOPA_AGENCY'],
	['a stand-in that is none', { DOPA_EMBEDDED: 'simulatr' }, 'DOPA_EMBEDDED'],
	['hosts that are URLs', { DOPA_OUTBOUND_HOSTS: 'https://secret.example' }, 'DOPA_OUTBOUND_HOSTS'],
	['every host', { DOPA_OUTBOUND_HOSTS: '*' }, 'DOPA_OUTBOUND_HOSTS'],
	['a host that is left out between commas', { DOPA_OUTBOUND_HOSTS: 'a.example,,b.example' }, 'DOPA_OUTBOUND_HOSTS'],
	['a header that is no name', { DOPA_CLIENT_ADDRESS_HEADER: 'x forwarded: for' }, 'DOPA_CLIENT_ADDRESS_HEADER'],
	['a database that is a bare path', { DOPA_DATABASE_URL: 'data/secret.db' }, 'DOPA_DATABASE_URL'],
	['a demo for everybody', { DOPA_ISSUER: 'https://secret.example' }, 'DOPA_ISSUER'],
	['an issuer that is no URL', { DOPA_ISSUER: 'secret' }, 'DOPA_ISSUER'],
	['an issuer with a slash', { DOPA_ISSUER: 'http://localhost:8787/' }, 'DOPA_ISSUER'],
	['an issuer with a path', { DOPA_ISSUER: 'http://localhost:8787/secret' }, 'DOPA_ISSUER'],
	['an issuer in capitals', { DOPA_ISSUER: 'http://LOCALHOST:8787' }, 'DOPA_ISSUER'],
	['an issuer with its default port', { DOPA_ISSUER: 'http://localhost:80' }, 'DOPA_ISSUER'],
	['an issuer with somebody’s name', { DOPA_ISSUER: 'http://secret@localhost' }, 'DOPA_ISSUER'],
	['an issuer that is no web address', { DOPA_ISSUER: 'ftp://localhost' }, 'DOPA_ISSUER'],
	['an issuer of sockets', { DOPA_ISSUER: 'ws://localhost:8787' }, 'DOPA_ISSUER'],
	['an issuer that only begins as a loopback', { DOPA_ISSUER: 'http://localhost.secret.example' }, 'DOPA_ISSUER'],
	['production without an issuer', without('DOPA_ISSUER'), 'DOPA_ISSUER'],
	['production over http', { ...PRODUCTION, DOPA_ISSUER: 'http://id.secret.go.th' }, 'DOPA_ISSUER'],
	['production without keys', without('DOPA_ROOT_KEYS'), 'DOPA_ROOT_KEYS'],
	['production without a registry', without('DOPA_REGISTRY'), 'DOPA_REGISTRY'],
	['production with the simulator, unnamed', { ...PRODUCTION, DOPA_REGISTRY: 'simulator' }, 'DOPA_EMBEDDED'],
	['the Linkage Center without its address', without('DOPA_REGISTRY_URL'), 'DOPA_REGISTRY_URL'],
	['the Linkage Center without a token', without('DOPA_REGISTRY_TOKEN'), 'DOPA_REGISTRY_TOKEN'],
	['an empty token', { ...PRODUCTION, DOPA_REGISTRY_TOKEN: '' }, 'DOPA_REGISTRY_TOKEN'],
	['an address that is none', { ...PRODUCTION, DOPA_REGISTRY_URL: 'secret' }, 'DOPA_REGISTRY_URL'],
	['the registry over http', { ...PRODUCTION, DOPA_REGISTRY_URL: 'http://secret.go.th' }, 'DOPA_REGISTRY_URL'],
	['a key that is too short', { ...PRODUCTION, DOPA_ROOT_KEYS: `1:${KEY.slice(2)}` }, 'DOPA_ROOT_KEYS'],
	['a key without a version', { ...PRODUCTION, DOPA_ROOT_KEYS: KEY }, 'DOPA_ROOT_KEYS'],
	['a key of version 0', { ...PRODUCTION, DOPA_ROOT_KEYS: `0:${KEY}` }, 'DOPA_ROOT_KEYS'],
	['no keys', { ...PRODUCTION, DOPA_ROOT_KEYS: '' }, 'DOPA_ROOT_KEYS'],
	// The oldest key finds people by their number: a ring in the wrong order would find nobody.
	['keys oldest first', { ...PRODUCTION, DOPA_ROOT_KEYS: `1:${KEY},2:${KEY}` }, 'DOPA_ROOT_KEYS'],
	['two keys of one version', { ...PRODUCTION, DOPA_ROOT_KEYS: `1:${KEY},1:${KEY}` }, 'DOPA_ROOT_KEYS'],
]

describe('a start that is stopped', () => {
	test.each(WRONG)('%s', (_, env, name) => {
		const error = (() => {
			try {
				read(env)
			} catch (thrown) {
				return thrown
			}
		})()
		expect(error).toBeInstanceOf(SettingsError)
		const { message } = error as SettingsError
		expect(message).toStartWith('setting ')
		expect(message).toContain(name)
		expect(message.replaceAll('DOPA_SECRET', '')).not.toMatch(/secret|AAAA/)
	})
})
