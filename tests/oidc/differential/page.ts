import { join } from 'node:path'
import { DIFFERENCES } from './differences.ts'

/** `bun tests/oidc/differential/page.ts` writes docs/differences.md; a test fails while it is not up to date. */
export const pagePath = join(import.meta.dir, '../../../docs/differences.md')

const HEAD = `# Where we answer otherwise than oidc-provider

*Made from \`tests/oidc/differential/differences.ts\` by \`bun tests/oidc/differential/page.ts\`; do not edit.*

The same broken requests go to our provider and to [oidc-provider](https://github.com/panva/node-oidc-provider), which
many relying parties were written against. Where the answers differ, here is why, in the words of the specification.
A difference that is not on this page fails the tests, and so does one on it that is gone. Said is what the relying
party sees: \`redirect\` and \`page\` at the authorization endpoint, the HTTP status elsewhere, and the code.
`

export const differencesPage = (): string =>
	[
		HEAD,
		...DIFFERENCES.flatMap(({ title, words, source, cases }) => [
			`## ${title}\n`,
			`${words} (${source})\n`,
			'| we say | oidc-provider says |\n|---|---|',
			...cases.map(({ ours, peer }) => `| ${ours} | ${peer} |`),
			'',
		]),
	].join('\n')

if (import.meta.main) await Bun.write(pagePath, differencesPage())
