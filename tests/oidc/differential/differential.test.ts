import { afterAll, describe, expect, test } from 'bun:test'
import { BASES, send } from '../hostile/kit/bases.ts'
import { openOurs } from '../hostile/kit/ours.ts'
import { outcomeAt } from '../hostile/kit/outcome.ts'
import { benign } from '../hostile/rules/benign.ts'
import { nameOf, type Row, rowsOf } from '../hostile/rules/rule.ts'
import { TABLES } from '../hostile/rules/tables.ts'
import { DIFFERENCES } from './differences.ts'
import { differencesPage, pagePath } from './page.ts'
import { openPeer } from './peer.ts'

/**
 * The same broken request goes to us and to `oidc-provider`, which many relying parties were written against. Where the
 * answers differ, `differences.ts` says why, in the words of the specification; a difference that is not listed fails,
 * and so does a listed one that is gone.
 */
/** What both have to take is among it. */
const RIGHT = benign.map((each) => ({ ...each, error: 'none' }))
const CASES = DIFFERENCES.flatMap(({ cases }) => cases)
const ours = await openOurs()
const peer = await openPeer(ours.casts)
afterAll(() => {
	peer.close()
	ours.provider.close()
})

const OURS_ALONE: readonly string[] = ['thaid-v2', 'logout_deliveries']

/** Nobody else has those, or rules that no specification has; and the other one's clock is the machine's. */
const rows = [...Object.values(TABLES), RIGHT]
	.flatMap((rules) => rules.flatMap(rowsOf))
	.filter(
		({ profile, endpoint, spoils, own }) =>
			!OURS_ALONE.includes(profile) && !OURS_ALONE.includes(endpoint) && !spoils && !own,
	)

test('the good requests are taken by both', async () => {
	for (const server of [ours, peer])
		for (const profile of ['fapi2', 'oidc'] as const)
			for (const [endpoint, base] of Object.entries(BASES)) {
				// It asks the citizen before it signs out, and has no log of logout tokens.
				if (['end_session', 'logout_deliveries'].includes(endpoint)) continue
				const { make, accepted } = await base(server, server.casts[profile])
				const response = await send(server, await make())
				const text = await response.clone().text()
				expect({ accepted: await accepted(response), text }).toEqual({ accepted: true, text })
			}
})

describe.each([...new Set(rows.map(({ endpoint, profile }) => `${endpoint} ${profile}`))])('%s', (place) => {
	const here = rows.filter(({ endpoint, profile }) => `${endpoint} ${profile}` === place)
	test.each(here.map((row): [string, Row] => [nameOf(row), row]))('%s', async (name, row) => {
		const found = { ours: await outcomeAt(ours, row), peer: await outcomeAt(peer, row) }
		const listed = CASES.filter((difference) => difference.rows.test(name))
		if (listed.length > 0) expect(listed.map(({ ours, peer }) => ({ ours, peer }))).toEqual([found])
		else expect(found.peer).toBe(found.ours)
	})
})

test('enough is compared, and each difference is met', () => {
	console.log(`${rows.length} requests to both`)
	expect(rows.length).toBeGreaterThanOrEqual(120)
	const names = rows.map(nameOf)
	expect(CASES.filter(({ rows }) => !names.some((name) => rows.test(name)))).toEqual([])
})

test('docs/differences.md says the same', async () => {
	expect(await Bun.file(pagePath).text()).toBe(differencesPage())
})
