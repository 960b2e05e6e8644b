import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'

/**
 * `bun tools/start.ts`: the server as it was built (`tools/build-server.ts`), or its sources where nothing was built or
 * where they are newer.
 */
const root = join(import.meta.dir, '..')
const built = join(root, 'dist/server/serve.js')

/** Whether anything that the server is made of was changed after that instant, ms. */
function changedSince(instant: number): boolean {
	const files = ['src', 'db'].flatMap((folder) =>
		readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((name) => join(root, folder, name)),
	)
	return [...files, join(root, 'bun.lock')].some((file) => statSync(file).mtimeMs > instant)
}

await import(existsSync(built) && !changedSince(statSync(built).mtimeMs) ? built : join(root, 'src/serve.ts'))
