import { AT, answering, jsonAs, placeOf, refusing } from '../kit/broken.ts'
import { signIn, userinfo } from '../kit/flows.ts'
import { type Module, SIGNED_IN, USERINFO } from '../kit/module.ts'
import type { Run } from '../kit/run.ts'
import type { Variant } from '../kit/variant.ts'

const conditions = [
	...SIGNED_IN,
	USERINFO,
	'EnsureScopeIsAccepted',
	'VerifyScopesReturnedInClaims',
	'ValidateUserInfoStandardClaims',
] as const

/**
 * OpenID Connect Core §5.4. @param given claims of a citizen of the test's country; of the others (nobody here has an
 * e-mail address or a telephone) the scope has to be taken and may give nothing
 */
async function ask(op: Run, scope: string, given: readonly string[]): Promise<void> {
	const rp = await op.client({ scopes: JSON.stringify([...'openid profile email address phone'.split(' ')]) })
	const done = await signIn(op, rp, { change: { scope } })
	const granted = String(done.tokens.answer.body.scope ?? scope).split(' ')
	op.check(
		'EnsureScopeIsAccepted',
		scope.split(' ').every((each) => granted.includes(each)),
		granted,
	)
	const { body: claims } = await userinfo(op, done)
	const missing = given.filter((name) => claims[name] === undefined)
	op.check('VerifyScopesReturnedInClaims', missing.length === 0, `without ${missing}`)
	const wrong = Object.entries(TYPES).filter(([name, fits]) => name in claims && !fits(claims[name]))
	op.check(
		'ValidateUserInfoStandardClaims',
		wrong.length === 0,
		wrong.map(([name]) => name),
	)
}

const isText = (value: unknown) => typeof value === 'string' && value !== ''

/** OpenID Connect Core §5.1 */
const TYPES: Record<string, (value: unknown) => boolean> = {
	name: isText,
	given_name: isText,
	middle_name: isText,
	family_name: isText,
	gender: isText,
	birthdate: isText,
	email: isText,
	email_verified: (value) => typeof value === 'boolean',
	phone_number: isText,
	phone_number_verified: (value) => typeof value === 'boolean',
	address: (value) => typeof value === 'object' && value !== null && 'formatted' in value && isText(value.formatted),
}

const PROFILE = ['name', 'given_name', 'family_name', 'gender', 'birthdate']
const ALL = 'openid profile email address phone'

const profile: Module = {
	name: 'oidcc-scope-profile',
	conditions,
	run: (op) => ask(op, 'openid profile', PROFILE),
	broken: inUserinfo(
		'forgets the family name of the scope `profile`',
		'openid profile',
		({ family_name: _, ...others }) => others,
	),
}

const email: Module = {
	name: 'oidcc-scope-email',
	conditions,
	run: (op) => ask(op, 'openid email', []),
	broken: refusing(
		AT.authorize,
		'knows no scope `email`',
		(params) => params.get('scope') === 'openid email',
		'invalid_scope',
	),
}

const address: Module = {
	name: 'oidcc-scope-address',
	conditions,
	run: (op) => ask(op, 'openid address', ['address']),
	broken: inUserinfo('gives the address as a line of text', 'openid address', (claims) => ({
		...claims,
		address: String((claims.address as { formatted: string }).formatted),
	})),
}

const phone: Module = {
	name: 'oidcc-scope-phone',
	conditions,
	run: (op) => ask(op, 'openid phone', []),
	broken: refusing(
		AT.authorize,
		'knows no scope `phone`',
		(params) => params.get('scope') === 'openid phone',
		'invalid_scope',
	),
}

const all: Module = {
	name: 'oidcc-scope-all',
	conditions,
	run: (op) => ask(op, ALL, [...PROFILE, 'address']),
	broken: answering(AT.token, 'grants four scopes at most', (body) =>
		body.scope === ALL ? { ...body, scope: 'openid profile email address' } : body,
	),
}

const otherOrder: Module = {
	name: 'oidcc-ensure-other-scope-order-succeeds',
	conditions,
	run: (op) => ask(op, 'email openid', []),
	broken: refusing(
		AT.authorize,
		'wants `openid` to stand first',
		(params) => !params.has('request_uri') && (params.get('scope') ?? '').split(' ').indexOf('openid') > 0,
		'invalid_scope',
	),
}

/** Changes the claims of tokens that were granted exactly this scope. */
function inUserinfo(
	what: string,
	scope: string,
	change: (claims: Record<string, unknown>) => Record<string, unknown>,
): Variant {
	return {
		what,
		intermediary() {
			const tokens = new Set<string>()
			return async (request, next) => {
				const response = await next(request)
				if (response.status !== 200) return response
				if (placeOf(request) === AT.token) {
					const given = (await response.clone().json()) as { scope: string; access_token: string }
					if (given.scope === scope) tokens.add(`Bearer ${given.access_token}`)
				}
				if (placeOf(request) !== AT.userinfo) return response
				if (!tokens.has(request.headers.get('authorization') ?? '')) return response
				return jsonAs(response, change((await response.json()) as Record<string, unknown>))
			}
		},
	}
}

export const scopes = { profile, email, address, phone, all, otherOrder }
