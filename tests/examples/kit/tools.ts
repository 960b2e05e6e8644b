import { existsSync } from 'node:fs'
import { join } from 'node:path'

/**
 * What this machine has of other languages. `bun run examples:test` installs what it can and sets EXAMPLES=1: then an
 * example that cannot run is a failure. In `bun run test` such an example says in its name that it was not run, and why.
 */
export const repository = join(import.meta.dir, '../../..')
/** What `tools/examples.ts` installs and builds: nothing of it is under version control. */
export const built = join(repository, 'data/examples')
/** Whether everything has to run. */
export const all = process.env.EXAMPLES === '1'

const has = (...paths: string[]): boolean => paths.every((path) => existsSync(path))

const ruby = (): boolean =>
	Bun.which('ruby') !== null &&
	Bun.spawnSync(['ruby', '-e', "require 'omniauth_openid_connect'; require 'sinatra/base'; require 'webrick'"])
		.exitCode === 0

/** Why an example cannot run here; null where it can. */
export const missing = {
	authlib: has(join(built, 'python/bin/flask')) ? null : 'no Python environment with Authlib and Flask',
	mod_auth_openidc: has('/usr/sbin/apache2', '/usr/lib/apache2/modules/mod_auth_openidc.so')
		? null
		: 'no Apache with mod_auth_openidc',
	// These two take their time to start: only where everything has to run.
	spring: all && has(join(repository, 'examples/spring/target/agency.jar')) ? null : 'too slow to start',
	go: has(join(built, 'go-agency')) ? null : 'not built by Go',
	ruby: all && ruby() ? null : 'too slow to start',
	'auth-js': has(join(repository, 'examples/auth-js/node_modules')) ? null : 'not installed by npm',
	'better-auth': has(join(repository, 'examples/better-auth/node_modules')) ? null : 'not installed by npm',
	php: Bun.which('php') ? null : 'no PHP',
} as const

/** A test's name, with the reason where it does not run. */
export const named = (name: string, reason: string | null): string =>
	reason === null ? name : `${name} – NOT RUN: ${reason} here (bun run examples:test)`
