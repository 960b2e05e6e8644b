import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose'
import { sha256 } from '../../src/lib/crypto.ts'
import { people } from '../../src/ports/civil-registry/index.ts'
import { enrolledCitizen } from '../kit/enrolled.ts'
import type { Browser } from '../kit/http-client.ts'
import { signInByQr } from '../kit/journeys.ts'
import { consented, enrolled, type Holder, openProvider, signedIn } from './kit/provider.ts'
import { newKey, type Rp, register } from './kit/relying-party.ts'
import { answerAt, authorizationParameters, authorize, type Changes, exchange, push, tokensOf } from './kit/requests.ts'

/** How an answer travels: in the address, in a form, and in both as one signed JWT; errors the same way. */
const provider = await openProvider()
afterAll(() => provider.close())
const { clock, issuer } = provider
const rp = await register(provider)
const signing = await register(provider, { authorizationAlg: 'EdDSA' })
const es256 = await register(provider, { idTokenAlg: 'ES256' })
const strict = await register(provider, { profile: 'fapi2', idTokenAlg: 'ES256' }, [await newKey('ES256')])
const thaid = await register(provider, { profile: 'thaid-v2' })
const odd = await register(provider, { redirectUris: '["https://odd.example/back?a=%22%3E&b=1"]' })

let holder: Holder
let browser: Browser
beforeAll(async () => {
	holder = await enrolled(provider)
	for (const each of [rp, signing, es256, strict, thaid, odd])
		await consented(provider, holder, each, 'openid pid name')
	browser = await signedIn(provider, holder)
})

const keys = async () => {
	const response = await provider.app.fetch(new Request(`${issuer}/.well-known/jwks.json`))
	return createLocalJWKSet((await response.json()) as JSONWebKeySet)
}
const verified = async (client: Rp, jwt: string) => {
	const { payload, protectedHeader } = await jwtVerify(jwt, await keys(), {
		issuer,
		audience: client.id,
		currentDate: new Date(clock.now()),
	})
	return { ...payload, header: protectedHeader } as Record<string, unknown> & { exp: number }
}

/** What a browser without scripts sees: where the form goes and what is in it. */
async function formOf(response: Response) {
	const html = await response.text()
	const read = (text = '') => text.replace(/&#(\d+);/g, (_, code) => String.fromCharCode(Number(code)))
	const action = read(/<form method="post" action="([^"]*)">/.exec(html)?.[1])
	const inputs = [...html.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)">/g)]
	return { html, action, fields: Object.fromEntries(inputs.map(([, name, value]) => [read(name), read(value)])) }
}

describe('form_post', () => {
	test('is a page with the answer in a form, for the registered address', async () => {
		const response = await authorize(browser, rp, { response_mode: 'form_post', state: '"><script>alert(1)</script>' })
		expect(response.status).toBe(200)
		expect(response.headers.get('location')).toBeNull()
		const { html, action, fields } = await formOf(response)
		expect(action).toBe(rp.redirectUri)
		expect(fields).toEqual({ code: expect.any(String), state: '"><script>alert(1)</script>', iss: issuer })
		expect(html).not.toContain('alert(1)</script>"')
		const { access_token } = await tokensOf(await exchange(provider, rp, fields.code ?? ''))
		expect(access_token).toBeString()
	})

	test('keeps the query of the registered address', async () => {
		const { action } = await formOf(await authorize(browser, odd, { response_mode: 'form_post' }))
		expect(action).toBe(odd.redirectUri)
	})

	test('is kept by nobody, framed by nobody, and runs its own one script', async () => {
		const response = await authorize(browser, rp, { response_mode: 'form_post' })
		const { html } = await formOf(response)
		const policy = response.headers.get('content-security-policy') ?? ''
		const scripts = [...html.matchAll(/<script>(.*?)<\/script>/gs)].map(([, script = '']) => script)
		expect(scripts).toHaveLength(1)
		expect(policy).toContain(`script-src 'sha256-${sha256(scripts[0] ?? '').toBase64()}'`)
		expect(policy).toContain("default-src 'none'")
		expect(policy).toContain("frame-ancestors 'none'")
		expect(policy).toContain(`form-action 'self' https: ${new URL(rp.redirectUri).origin}`)
		expect(policy).not.toContain('unsafe')
		expect(response.headers.get('cache-control')).toBe('no-store')
		expect(response.headers.get('referrer-policy')).toBe('no-referrer')
		expect(response.headers.get('x-frame-options')).toBe('DENY')
		expect(html).toContain('<button type="submit">')
	})

	test.each([
		['th', 'ไปต่อ'],
		['en', 'Continue'],
	])('in %s', async (ui_locales, button) => {
		const { html } = await formOf(await authorize(browser, rp, { response_mode: 'form_post', ui_locales }))
		expect(html).toContain(`<html lang="${ui_locales}">`)
		expect(html).toContain(`>${button}</button>`)
	})

	test('carries errors too', async () => {
		const visitor = provider.browser()
		const wrong: Changes[] = [{ prompt: 'none' }, { scope: 'name' }, { response_type: 'token' }]
		for (const changes of wrong) {
			const { action, fields } = await formOf(await authorize(visitor, rp, { response_mode: 'form_post', ...changes }))
			expect(action).toBe(rp.redirectUri)
			expect(fields).toMatchObject({ error: expect.any(String), state: 'state-of-the-rp', iss: issuer })
			expect(fields.code).toBeUndefined()
		}
	})
})

describe('JARM', () => {
	test.each(['jwt', 'query.jwt'])(
		'%s is one parameter: a JWT for this relying party, for minutes',
		async (response_mode) => {
			const answer = answerAt(rp, await authorize(browser, rp, { response_mode }))
			expect(Object.keys(answer)).toEqual(['response'])
			const { header, ...claims } = await verified(rp, answer.response ?? '')
			expect(header).toMatchObject({ alg: 'RS256', kid: expect.any(String) })
			expect(claims).toEqual({
				iss: issuer,
				aud: rp.id,
				exp: expect.any(Number),
				code: expect.any(String),
				state: 'state-of-the-rp',
			})
			expect(claims.exp - clock.now() / 1_000).toBeGreaterThan(60)
			expect(claims.exp - clock.now() / 1_000).toBeLessThanOrEqual(600)
			expect((await exchange(provider, rp, String(claims.code))).status).toBe(200)
		},
	)

	test('form_post.jwt is the same in a form', async () => {
		const { action, fields } = await formOf(await authorize(browser, rp, { response_mode: 'form_post.jwt' }))
		expect(action).toBe(rp.redirectUri)
		expect(Object.keys(fields)).toEqual(['response'])
		expect(await verified(rp, fields.response ?? '')).toMatchObject({ code: expect.any(String) })
	})

	test('is signed as registered, else as the id_token is', async () => {
		const algOf = async (client: Rp) => {
			const { response = '' } = answerAt(client, await authorize(browser, client, { response_mode: 'jwt' }))
			return (await verified(client, response)).header
		}
		expect(await algOf(signing)).toMatchObject({ alg: 'EdDSA' })
		expect(await algOf(es256)).toMatchObject({ alg: 'ES256' })
	})

	test('carries errors, signed', async () => {
		const { response = '', ...rest } = answerAt(
			rp,
			await authorize(provider.browser(), rp, { response_mode: 'jwt', prompt: 'none' }),
		)
		expect(rest).toEqual({})
		expect(await verified(rp, response)).toMatchObject({ error: 'login_required', state: 'state-of-the-rp' })
	})

	test('a state that is too long is echoed in no mode', async () => {
		const long = { state: 's'.repeat(2_049), response_mode: 'jwt' }
		const answer = answerAt(rp, await authorize(browser, rp, long))
		expect(answer.error).toBe('invalid_request')
		expect(JSON.stringify(answer)).not.toContain('sss')
	})
})

describe('what the profile does not allow', () => {
	test.each(['form_post', 'jwt', 'query.jwt', 'form_post.jwt', 'fragment'])(
		'%s of thaid-v2 is told by query',
		async (mode) => {
			expect(answerAt(thaid, await authorize(browser, thaid, { response_mode: mode }))).toMatchObject({
				error: 'invalid_request',
				error_description: 'response_mode is not supported',
			})
		},
	)

	test('fapi2 may have it signed, by a pushed request', async () => {
		const pushed = await push(provider, strict, { response_mode: 'jwt' })
		const { request_uri } = (await pushed.json()) as { request_uri: string }
		const query = new URLSearchParams({ client_id: strict.id, request_uri })
		const { response = '' } = answerAt(strict, await browser.get(`/oauth/authorize?${query}`))
		expect(await verified(strict, response)).toMatchObject({ code: expect.any(String), header: { alg: 'ES256' } })
	})

	test('an unknown one is refused when it is pushed', async () => {
		expect((await push(provider, strict, { response_mode: 'web_message' })).status).toBe(400)
	})
})

describe('after a sign-in that had to wait', () => {
	const citizen = { browser: provider.browser(), phone: provider.phone(), pin: '58203914' }
	beforeAll(async () => {
		const record = await provider.simulator.findPerson(people.somying.pid, 'enrolment')
		if (!record) throw new Error('the registry does not know her')
		await enrolledCitizen({ ...provider, now: clock.now() }, { ...citizen, record })
	})

	const signIn = async (changes: Changes) => {
		const waiting = provider.browser()
		const location = await signInByQr(waiting, citizen, `/oauth/authorize?${authorizationParameters(rp, changes)}`)
		return { waiting, location }
	}

	test('form_post goes by a page of ours whose address holds no code', async () => {
		const { waiting, location } = await signIn({ response_mode: 'form_post' })
		expect(location).toStartWith(`${issuer}/oauth/form_post?answer=`)
		const { action, fields } = await formOf(await waiting.get(location))
		expect(action).toBe(rp.redirectUri)
		expect(location).not.toContain(fields.code ?? '-')
		expect(Buffer.from(location.split('.')[2] ?? '', 'base64url').toString()).not.toContain(fields.code ?? '-')
		expect((await exchange(provider, rp, fields.code ?? '')).status).toBe(200)
		clock.advance(60_000)
		const late = await waiting.get(location)
		expect(late.status).toBe(400)
		expect(await late.text()).toContain('data-error="invalid_request_uri"')
	})

	test('jwt goes to the relying party', async () => {
		const { location } = await signIn({ response_mode: 'jwt' })
		const response = new URL(location).searchParams.get('response') ?? ''
		expect(await verified(rp, response)).toMatchObject({ code: expect.any(String), state: 'state-of-the-rp' })
	})

	test.each(['', 'x', '1.x.y', '1.AAAA.AAAA'])('an answer that nobody sealed (%p) is an error page', async (answer) => {
		const response = await provider.browser().get(`/oauth/form_post?${new URLSearchParams({ answer })}`)
		expect(response.status).toBe(400)
	})
})
