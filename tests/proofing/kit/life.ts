import { type Db, schema } from '../../../db/client.ts'

/** Rows of somebody who has been signing in: one of each kind that ends with the device, and a sign-in that is over. */
export async function seedSignedInLife(db: Db, accountId: string, now: number): Promise<void> {
	const later = now + 3_600_000
	const mark = accountId.slice(-8)
	await db.insert(schema.sessions).values({
		secretHash: `session-${mark}`,
		accountId,
		credentialId: 'credential',
		acr: 'acr',
		amr: '[]',
		authenticatedAt: now,
		lastSeenAt: now,
		expiresAt: later,
	})
	// A relying party that the session has answered, and that wants to hear of its end.
	await db
		.insert(schema.clients)
		.values({
			id: 'client',
			profile: 'oidc',
			status: 'live',
			nameTh: 'หน่วยงาน',
			nameEn: 'Agency',
			domain: 'agency.example',
			purposeTh: '',
			purposeEn: '',
			redirectUris: '[]',
			scopes: '[]',
			authMethod: 'none',
			idTokenAlg: 'RS256',
			birthdateFormat: 'iso',
			requirePkce: true,
			silent: true,
			sector: 'agency.example',
			backchannelLogoutUri: 'https://agency.example/logout',
			createdAt: 0,
		})
		.onConflictDoNothing()
	await db.insert(schema.sessionClients).values({
		sid: `sid-${mark}`,
		sessionHash: `session-${mark}`,
		clientId: 'client',
		accountId,
		createdAt: now,
	})
	const grantId = `grt_${mark}`
	await db
		.insert(schema.grants)
		.values({ id: grantId, accountId, clientId: 'client', scope: 'openid', signInId: 'sign-in', createdAt: now })
	await db.insert(schema.accessTokens).values({
		hash: `token-${mark}`,
		clientId: 'client',
		accountId,
		grantId,
		codeHash: `code-${mark}`,
		scope: 'openid',
		expiresAt: later,
	})
	await db.insert(schema.refreshTokens).values({
		hash: `refresh-${mark}`,
		clientId: 'client',
		accountId,
		grantId,
		codeHash: `code-${mark}`,
		scope: 'openid',
		acr: 'phr',
		amr: '[]',
		authTime: 0,
		expiresAt: later,
	})
	await db.insert(schema.codes).values({
		hash: `fresh-code-${mark}`,
		clientId: 'client',
		accountId,
		grantId,
		redirectUri: 'https://agency.example/back',
		scope: 'openid',
		acr: 'acr',
		amr: '[]',
		authTime: now,
		expiresAt: later,
	})
	for (const state of ['scanned', 'approved', 'collected'] as const)
		await db.insert(schema.signIns).values({
			id: `si_${state}_${mark}`,
			clientId: 'client',
			request: 'sealed',
			state,
			browserHash: 'browser',
			askedFrom: 'sealed',
			accountId,
			createdAt: now,
			expiresAt: later,
		})
}
