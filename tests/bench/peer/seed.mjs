/**
 * Fills the peer's database before it starts: citizens, sessions with an earlier consent, codes and access tokens, by
 * the provider's own models. `node seed.mjs settings.json`; writes what a client needs to use them to `settings.out`.
 */
import { createCipheriv, createHmac, randomBytes } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { createProvider } from './provider.mjs'
import { openStore } from './store.mjs'

const settings = JSON.parse(readFileSync(process.argv[2], 'utf8'))
const db = openStore(settings.database)
const provider = createProvider(settings, db)
const client = await provider.Client.find(settings.clientId)
const now = Math.floor(Date.now() / 1_000)
const random = () => randomBytes(32).toString('base64url')

const seal = db.prepare('INSERT INTO accounts (id, snapshot) VALUES (?, ?)')
function addAccount(id, claims) {
	const iv = randomBytes(12)
	const cipher = createCipheriv('aes-256-gcm', Buffer.from(settings.sealKey, 'base64url'), iv)
	cipher.setAAD(Buffer.from(id))
	const body = Buffer.concat([iv, cipher.update(JSON.stringify(claims), 'utf8'), cipher.final(), cipher.getAuthTag()])
	seal.run(id, body.toString('base64url'))
}

/** cookies' signature (Keygrip): HMAC-SHA1 over name=value. */
const signed = (name, value) =>
	`${name}=${value}; ${name}.sig=${createHmac('sha1', settings.cookieKey).update(`${name}=${value}`).digest('base64url')}`

const out = { codes: [], cookies: [], tokens: [], refreshTokens: [] }
db.exec('BEGIN')
for (let i = 0; i < settings.accounts; i++) {
	const accountId = `account-${i}`
	addAccount(accountId, settings.claims)
	const grant = new provider.Grant({ accountId, clientId: settings.clientId })
	grant.addOIDCScope(settings.scope)
	grant.addOIDCClaims(['auth_time', 'acr', 'amr'])
	const grantId = await grant.save(86_400)
	const sessionId = random()
	const session = new provider.Session({
		jti: sessionId,
		accountId,
		loginTs: now,
		acr: 'phr',
		amr: ['pop', 'pin', 'user'],
		authorizations: { [settings.clientId]: { sid: random(), grantId } },
	})
	await session.save(43_200)
	out.cookies.push(signed('_session', sessionId))

	const common = { accountId, client, grantId, scope: settings.scope, sessionUid: session.uid }
	// As the authorization endpoint leaves them for this client.
	const wished = { id_token: { auth_time: { essential: true }, acr: null, amr: null } }
	const about = { claims: wished, acr: 'phr', amr: ['pop', 'pin', 'user'], authTime: now }
	for (let n = i; n < settings.codes; n += settings.accounts) {
		const code = new provider.AuthorizationCode({
			...common,
			...about,
			redirectUri: settings.redirectUri,
			nonce: random(),
			codeChallenge: settings.codeChallenge,
			codeChallengeMethod: 'S256',
			gty: 'authorization_code',
			sid: session.authorizations[settings.clientId].sid,
		})
		out.codes.push(await code.save())
		const refresh = new provider.RefreshToken({ ...common, ...about, nonce: random(), gty: 'authorization_code' })
		out.refreshTokens.push(await refresh.save())
	}
	const token = new provider.AccessToken({ ...common, claims: {}, gty: 'authorization_code' })
	out.tokens.push(await token.save())
}
db.exec('COMMIT')
db.close()
writeFileSync(settings.out, JSON.stringify(out))
