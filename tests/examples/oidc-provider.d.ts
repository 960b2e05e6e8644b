/** The little of `oidc-provider` that the tests use: the package ships no types. */
declare module 'oidc-provider' {
	import type { IncomingMessage, ServerResponse } from 'node:http'

	export type JWK = JsonWebKey & { kid?: string }
	export type ClientMetadata = Record<string, unknown> & {
		client_id: string
		redirect_uris: string[]
		jwks: { keys: object[] }
	}

	interface Context {
		oidc: {
			provider: Provider
			client?: { clientId: string }
			session?: { accountId: string }
			params?: Record<string, unknown>
		}
	}

	interface Configuration {
		clients: Partial<ClientMetadata>[]
		jwks: { keys: JWK[] }
		cookies: { keys: string[] }
		claims: Record<string, string[]>
		scopes: string[]
		acrValues: string[]
		features: Record<string, { enabled: boolean }>
		findAccount(ctx: Context, id: string): { accountId: string; claims(): Record<string, unknown> }
		interactions: { url(ctx: Context, interaction: { uid: string }): string }
		loadExistingGrant(ctx: Context): Promise<unknown>
	}

	export default class Provider {
		constructor(issuer: string, configuration: Configuration)
		callback(): (request: IncomingMessage, response: ServerResponse) => void
		interactionFinished(request: IncomingMessage, response: ServerResponse, result: object): Promise<void>
		Grant: new (of: {
			clientId: string
			accountId: string
		}) => { addOIDCScope(scope: string): void; save(): Promise<string> }
	}
}
