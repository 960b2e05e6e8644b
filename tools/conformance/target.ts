import * as oidc from 'openid-client'
import { atomically, schema } from '../../db/client.ts'
import { demoCredentials } from '../../examples/agency/demo-credentials.ts'
import { systemClock } from '../../src/lib/clock.ts'
import { systemRandom } from '../../src/lib/random.ts'
import { people } from '../../src/ports/civil-registry/index.ts'
import { newInvitation } from '../../src/proofing/index.ts'
import { type Browser, createBrowser } from '../../tests/kit/http-client.ts'
import {
	beginSignIn,
	type Citizen,
	enrol,
	fragmentOf,
	joinOffice,
	signInByQr,
	signInHere,
} from '../../tests/kit/journeys.ts'
import { openWorld } from '../../tests/kit/world.ts'

/** The provider under test, and who can act at it. */
export interface Target {
	issuer: string
	/**
	 * A relying party that knows the issuer's URL and its own registration. Discovery is done anew each time.
	 * @param jti gives every client assertion the same name, which is a mistake
	 */
	relyingParty(kind?: 'secret' | 'key', jti?: string): Promise<oidc.Configuration>
	/** Null at a provider that is not ours to fill: whoever signs in there must be enrolled there. */
	citizen: {
		/** @returns the redirect URI with the provider's answer */
		signIn(url: URL, how: 'qr' | 'same device' | 'decline'): Promise<string>
		/** The browser of the same-device sign-in: it has the session. */
		browser: Browser
	} | null
	/** A browser that was never here before. */
	browser(): Browser
	close(): void
}

const OFFICE = '1306'

/** The sample agency's two registrations, which the demo seeds. */
function relyingParties(issuer: string): Target['relyingParty'] {
	return async (kind = 'secret', jti) => {
		const execute = [oidc.enableNonRepudiationChecks, oidc.allowInsecureRequests]
		if (kind === 'secret') {
			const auth = oidc.ClientSecretBasic(demoCredentials.clientSecret)
			return oidc.discovery(new URL(issuer), 'sample-agency', undefined, auth, { execute })
		}
		const { kid, ...jwk } = demoCredentials.privateJwk
		const key = await crypto.subtle.importKey('jwk', jwk, { name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign'])
		const metadata = { id_token_signed_response_alg: 'ES256' }
		const auth = oidc.PrivateKeyJwt(
			{ key, kid },
			{
				[oidc.modifyAssertion](_header, payload) {
					payload.jti = jti ?? payload.jti
				},
			},
		)
		return oidc.discovery(new URL(issuer), 'sample-agency-jwt', metadata, auth, { execute })
	}
}

/** A provider that runs already, such as the demo: only what needs no citizen can be checked. */
export function runningTarget(issuer: string): Target {
	return {
		issuer,
		relyingParty: relyingParties(issuer),
		citizen: null,
		browser: () => createBrowser(fetch, { origin: issuer }),
		close() {},
	}
}

/** Our own provider on a free port, in this process, with an enrolled citizen of the synthetic country. */
export async function ownTarget(): Promise<Target> {
	// The issuer's URL has to be known before the app that names it.
	let answer: (request: Request) => Response | Promise<Response> = () => new Response(null, { status: 503 })
	const server = Bun.serve({ port: 0, hostname: '127.0.0.1', fetch: (request) => answer(request) })
	const issuer = `http://localhost:${server.port}`
	const world = await openWorld({ issuer })
	answer = (request) => world.app.fetch(request)

	const over = () => createBrowser(fetch, { origin: issuer })
	const citizen: Citizen = { browser: over(), phone: world.phone(), pin: '83729164' }
	const invitation = newInvitation(systemRandom, {
		officeCode: OFFICE,
		role: 'officer',
		issuer,
		now: systemClock.now(),
	})
	await atomically(world.db, [world.db.insert(schema.officerInvitations).values(invitation.row)])
	const officer = over()
	await joinOffice(officer, world.phone({ discoverable: true }), fragmentOf(invitation.link), 'เจ้าหน้าที่ ทดสอบ')
	await enrol(officer, citizen, people.somchai.pid)
	return {
		issuer,
		relyingParty: relyingParties(issuer),
		citizen: {
			browser: citizen.browser,
			async signIn(url, how) {
				if (how === 'qr') return signInByQr(over(), citizen, url.href)
				if (how === 'same device') return signInHere(citizen, url.href)
				const id = await beginSignIn(citizen.browser, url.href)
				await citizen.browser.mutate('signIn.decide', { id, decision: 'decline' })
				return (await citizen.browser.mutate<{ location: string }>('signIn.collect', { id })).location
			},
		},
		browser: over,
		close() {
			server.stop(true)
			world.close()
		},
	}
}
