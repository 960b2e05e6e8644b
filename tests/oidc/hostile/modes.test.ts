import { afterAll, describe, expect, test } from 'bun:test'
import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose'
import { BASES, send } from './kit/bases.ts'
import { set } from './kit/draft.ts'
import { openOurs } from './kit/ours.ts'
import { STATE } from './kit/server.ts'
import { isBreak, nameOf, type Row, rowsOf } from './rules/rule.ts'
import { TABLES } from './rules/tables.ts'

/**
 * What is wrong with a request is told in the response mode that it asks for: in a form that the browser posts, or in a
 * JWT that we sign (JARM); to the same registered address, with nothing else. What may not travel travels in none.
 */
const ours = await openOurs()
afterAll(() => ours.provider.close())
const { rp } = ours.casts.oidc

const rows = Object.values(TABLES)
	.flatMap((rules) => rules.flatMap(rowsOf))
	.filter(
		({ endpoint, profile, what }) => `${endpoint} ${profile}` === 'authorize oidc' && !what.includes('response_mode'),
	)
/** Until the mode is read, an error goes by the query. */
const early = /^(a state of|a nonce of)/
const travelling = rows.filter(({ verdict, what }) => verdict.where === 'redirect' && !early.test(what))
const staying = rows.filter(({ verdict }) => verdict.where === 'page')

async function answered(row: Row, mode: string): Promise<Response> {
	const base = await BASES.authorize(ours, ours.casts.oidc)
	const how = isBreak(row.how) ? row.how : await row.how(ours, ours.casts.oidc)
	const draft = await base.make()
	set('response_mode', mode)(draft)
	how(draft)
	return send(ours, draft)
}

const unescaped = (text: string) => text.replace(/&#(\d+);/g, (_, code) => String.fromCharCode(Number(code)))

/** The form that posts itself: where to, and what. */
function formIn(html: string): { action: string; fields: Record<string, string> } {
	const action = unescaped(/<form method="post" action="([^"]*)">/.exec(html)?.[1] ?? '')
	const inputs = [...html.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)">/g)]
	return { action, fields: Object.fromEntries(inputs.map(([, name = '', value = '']) => [name, unescaped(value)])) }
}

/** What arrives at the relying party. */
async function arrived(response: Response): Promise<{ action: string; fields: Record<string, unknown> }> {
	expect(response.headers.get('cache-control')).toContain('no-store')
	const location = response.headers.get('location')
	if (location !== null) {
		const { origin, pathname, searchParams } = new URL(location)
		return { action: origin + pathname, fields: Object.fromEntries(searchParams) }
	}
	const html = await response.text()
	expect(html).not.toContain('<svg')
	return formIn(html)
}

async function opened(jwt: unknown): Promise<Record<string, unknown>> {
	const jwks = await (await ours.fetch(new Request(`${ours.issuer}/.well-known/jwks.json`))).json()
	const { payload } = await jwtVerify(String(jwt), createLocalJWKSet(jwks as JSONWebKeySet), {
		issuer: ours.issuer,
		audience: rp.id,
		currentDate: new Date(ours.now()),
	})
	const { aud: _, exp: __, ...fields } = payload
	return fields
}

describe.each(['form_post', 'jwt', 'query.jwt', 'form_post.jwt'])('response_mode=%s', (mode) => {
	test.each(travelling.map((row): [string, Row] => [nameOf(row), row]))('%s: told there', async (_, row) => {
		const { action, fields } = await arrived(await answered(row, mode))
		expect(action).toBe(rp.redirectUri)
		if (mode.endsWith('jwt')) expect(Object.keys(fields)).toEqual(['response'])
		const said = mode.endsWith('jwt') ? await opened(fields.response) : fields
		expect(said).toEqual({
			error: row.verdict.error,
			error_description: expect.any(String),
			iss: ours.issuer,
			state: STATE,
		})
	})

	test.each(staying.map((row): [string, Row] => [nameOf(row), row]))('%s: told to the person alone', async (_, row) => {
		const response = await answered(row, mode)
		expect({ status: response.status, location: response.headers.get('location') }).toEqual({
			status: row.verdict.status,
			location: null,
		})
		expect(await response.text()).not.toContain('<form')
	})
})

test('there is enough of both', () => {
	expect(travelling.length).toBeGreaterThan(80)
	expect(staying.length).toBeGreaterThan(50)
})
