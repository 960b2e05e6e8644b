import { rm } from 'node:fs/promises'
import { join } from 'node:path'

/**
 * `bun tools/build-server.ts`: the server as one file with its bytecode, in `dist/server`. It runs what the sources
 * say, without reading and compiling some thousand of them at each start.
 */
const root = join(import.meta.dir, '..')
const outdir = join(root, 'dist/server')

await rm(outdir, { recursive: true, force: true })
const built = await Bun.build({
	entrypoints: [join(root, 'src/serve.ts')],
	outdir,
	target: 'bun',
	// Bytecode is for CommonJS only. One file: what is imported later stays in it and runs when it is asked for.
	format: 'cjs',
	bytecode: true,
	minify: { syntax: true, whitespace: true },
	// Where it stands is asked when it runs: the folder may be moved.
	define: { 'import.meta.dir': 'module.path', 'import.meta.dirname': 'module.path' },
	// The native engine is found by its own package.
	external: ['libsql'],
})
for (const message of built.logs) console.error(message)
