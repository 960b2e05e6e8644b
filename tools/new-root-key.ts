import { base64url } from '../src/lib/bytes.ts'
import { systemRandom } from '../src/lib/random.ts'

/**
 * A new root key for `DOPA_ROOT_KEYS`: `bun run keys:root [version]`. Put it before the ones that are in use, comma
 * between: new values are sealed under the first, old ones open under theirs.
 */
const version = process.argv[2] ?? '1'
if (!/^[1-9]\d*$/.test(version)) throw new Error('a version is a whole number from 1')
process.stdout.write(`${version}:${base64url(systemRandom.bytes(32))}\n`)
