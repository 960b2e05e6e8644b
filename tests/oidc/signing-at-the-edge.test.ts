import { afterAll, beforeAll, expect, test } from 'bun:test'
import { join } from 'node:path'
import { compactVerify, exportJWK, generateKeyPair } from 'jose'
import { convertV4MiniflareOptions, Miniflare } from 'miniflare'
import { SIGNING_ALGS } from '../../src/oidc/index.ts'

/** workerd's node:crypto is not Bun's: each algorithm signs there too, by the same function. */
let miniflare: Miniflare
let url: URL
beforeAll(async () => {
	const built = await Bun.build({
		entrypoints: [join(import.meta.dir, 'kit/signing-worker.ts')],
		target: 'browser',
		format: 'esm',
		conditions: ['workerd', 'worker'],
		external: ['node:*'],
	})
	miniflare = new Miniflare(
		convertV4MiniflareOptions({
			modules: [{ type: 'ESModule', path: 'worker.js', contents: (await built.outputs[0]?.text()) ?? '' }],
			compatibilityDate: '2026-11-01',
			compatibilityFlags: ['nodejs_compat'],
			cf: false,
			host: '127.0.0.1',
		}),
	)
	url = await miniflare.ready
}, 60_000)
afterAll(() => miniflare.dispose())

test.each([...SIGNING_ALGS])('%s', async (alg) => {
	const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true, modulusLength: 2048 })
	const payloads = Array.from({ length: alg === 'ES256' ? 300 : 3 }, (_, i) => JSON.stringify({ i, name: 'สมชาย' }))
	const body = JSON.stringify({ alg, kid: 'a', jwk: await exportJWK(privateKey), payloads })
	const signed = (await (await fetch(url, { method: 'POST', body })).json()) as string[]
	expect(signed).toHaveLength(payloads.length)
	for (const [i, jwt] of signed.entries()) {
		const { payload, protectedHeader } = await compactVerify(jwt, publicKey)
		expect(protectedHeader).toEqual({ alg, kid: 'a', typ: 'JWT' })
		expect(new TextDecoder().decode(payload)).toBe(payloads[i] ?? '')
	}
})
