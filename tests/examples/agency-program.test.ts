import { afterAll, describe, expect, test } from 'bun:test'
import { join } from 'node:path'
import { createBrowser } from '../kit/http-client.ts'
import { freePort, startProgram } from './kit/program.ts'
import { startProvider } from './kit/provider.ts'
import { repository } from './kit/tools.ts'

const provider = await startProvider()
afterAll(() => provider.close())
/** Where the sample agency is registered; it listens elsewhere here, since somebody may have the port. */
const registered = 'http://localhost:8788'

describe('the sample agency as a program', () => {
	test.each<[string, Record<string, string>]>([
		['nothing but the issuer', {}],
		['CLIENT_AUTH=private_key_jwt', { CLIENT_AUTH: 'private_key_jwt' }],
		['PROFILE=fapi2', { PROFILE: 'fapi2' }],
		['PROFILE=thaid-v2', { PROFILE: 'thaid-v2' }],
	])('signs a citizen in with %s', async (_, env) => {
		const port = freePort()
		const here = `http://localhost:${port}`
		const agency = await startProgram([process.execPath, join(repository, 'examples/agency/main.ts')], {
			env: { ISSUER: provider.issuer, PORT: String(port), BASE_URL: registered, ...env },
			ready: here,
		})
		try {
			const browser = createBrowser((request) => fetch(request), { origin: here })
			const form = new URLSearchParams({ scope: 'pid' })
			const begun = await browser.post('/sign-in', form, { headers: { origin: registered } })
			const answer = await provider.signIn(begun.headers.get('location') ?? '')
			const page = await browser.get(answer.replace(registered, here), { follow: true })
			expect(await page.text()).toContain(provider.person.pid)
		} finally {
			await agency.stop()
		}
	})
})
