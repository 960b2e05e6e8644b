/**
 * `bun run conformance:smoke [issuer]`: relying parties that know nothing of us but the issuer's URL (oauth4webapi and
 * the certified openid-client) sign a citizen in and try what must not work. Without an issuer our own provider starts
 * in this process. It is a smoke test: a certificate comes from the OpenID Foundation's own suite.
 */
import { codes } from './conformance/checks/codes.ts'
import { discovery } from './conformance/checks/discovery.ts'
import { requests } from './conformance/checks/requests.ts'
import { signIn } from './conformance/checks/sign-in.ts'
import { NotRun } from './conformance/requests.ts'
import { ownTarget, runningTarget } from './conformance/target.ts'

const [issuer] = Bun.argv.slice(2)
const target = issuer ? runningTarget(new URL(issuer).origin) : await ownTarget()
const counts = { ok: 0, failed: 0, 'not run': 0 }
console.log(`${target.issuer}\n`)
for (const check of [...discovery, ...requests, ...signIn, ...codes]) {
	let outcome: keyof typeof counts = 'ok'
	let why = ''
	try {
		await check.run(target)
	} catch (error) {
		outcome = error instanceof NotRun ? 'not run' : 'failed'
		why = `\n${' '.repeat(9)}${error instanceof Error ? error.message : String(error)}`
	}
	counts[outcome]++
	console.log(`${outcome.padEnd(8)} ${check.what}  (${check.source})${why}`)
}
target.close()
console.log(`\n${counts.ok} ok, ${counts.failed} failed, ${counts['not run']} not run`)
process.exit(counts.failed > 0 ? 1 : 0)
