/**
 * A relying party that lives in the browser alone: a public client with PKCE, no secret anywhere. The provider lets
 * this page's origin read its answers because a redirect URI is registered there.
 *
 *     bun index.html --port 8788        serves the page while you change it
 *
 * Where the agency has a server of its own, let that server sign in instead: tokens in a browser are within reach of
 * every script of the page.
 */
import { ErrorResponse, InMemoryWebStorage, UserManager, WebStorageStateStore } from 'oidc-client-ts'

const { issuer = '', clientId = '' } = document.documentElement.dataset
const manager = new UserManager({
	// Endpoints come from the discovery document.
	authority: issuer,
	client_id: clientId,
	redirect_uri: `${location.origin}/callback`,
	scope: 'openid pid name',
	loadUserInfo: true,
	// How the citizen signed in is for us to know: the library would drop acr and auth_time.
	filterProtocolClaims: ['nbf', 'jti', 'nonce', 'at_hash'],
	// Tokens stay in memory: a reload signs in anew, which is silent while the citizen's session lasts.
	userStore: new WebStorageStateStore({ store: new InMemoryWebStorage() }),
	automaticSilentRenew: false,
})

const show = (shown: unknown) => {
	const place = document.getElementById('citizen')
	if (place) place.textContent = JSON.stringify(shown, null, '\t')
}
const on = (id: string, act: () => Promise<unknown>) =>
	document.getElementById(id)?.addEventListener('click', () => act().catch(refused))

function refused(error: unknown): void {
	// What the provider answered has a code of its own; the rest is a network that failed, or this page's mistake.
	show(error instanceof ErrorResponse ? { error: error.error } : { error: String(error) })
}

on('sign-in', () => manager.signinRedirect())
on('refresh', async () => show((await manager.signinSilent())?.profile))

if (location.pathname === '/callback') {
	// Checks state, changes the code for tokens with the PKCE verifier, and asks userinfo.
	const done = manager.signinCallback().then((user) => show(user?.profile))
	await done.catch(refused)
	// The code is used; it need not stay in the address bar and the history.
	history.replaceState(null, '', '/')
}
