import { AT, overlooking, refusing } from '../kit/broken.ts'
import { authorized, completed, request, type SignedIn, signIn } from '../kit/flows.ts'
import { type Module, SIGNED_IN } from '../kit/module.ts'
import type { Run } from '../kit/run.ts'

/** OpenID Connect Core §3.1.2.1: when a citizen is asked again, and when nobody may be. */
const SECOND = 1_000

const promptLogin: Module = {
	name: 'oidcc-prompt-login',
	conditions: [
		...SIGNED_IN,
		'ExpectSecondLoginPage',
		'CheckSecondIdTokenAuthTimeIsLaterIfPresent',
		'CheckIdTokenSubConsistent',
	],
	async run(op) {
		await askedAgain(op, { prompt: 'login' })
	},
	broken: overlooking(
		AT.authorize,
		'lets a session answer for `prompt=login`',
		(params) => params.get('prompt') === 'login',
		(params) => params.delete('prompt'),
	),
}

const maxAge1: Module = {
	name: 'oidcc-max-age-1',
	conditions: [
		...SIGNED_IN,
		'ExpectSecondLoginPage',
		'EnsureIdTokenContainsAuthTime',
		'CheckSecondIdTokenAuthTimeIsLaterIfPresent',
		'CheckIdTokenSubConsistent',
	],
	async run(op) {
		const { claims } = await askedAgain(op, { max_age: '1' })
		op.check('EnsureIdTokenContainsAuthTime', typeof claims.auth_time === 'number', claims.auth_time)
	},
	broken: overlooking(
		AT.authorize,
		'lets a session of any age answer for `max_age=1`',
		(params) => params.get('max_age') === '1',
		(params) => params.delete('max_age'),
	),
}

/** Signs in twice, the second time with something that forbids the session to answer. */
async function askedAgain(op: Run, change: Record<string, string>): Promise<SignedIn> {
	const rp = await op.client()
	const first = await signIn(op, rp)
	op.wait(2 * SECOND)
	const code = await authorized(op, rp, { change })
	op.check('ExpectSecondLoginPage', code.asked, 'the session answered')
	const second = await completed(op, code)
	const later = Number(second.claims.auth_time) > Number(first.claims.auth_time)
	op.check('CheckSecondIdTokenAuthTimeIsLaterIfPresent', later, second.claims.auth_time)
	op.check('CheckIdTokenSubConsistent', second.claims.sub === first.claims.sub, 'another sub')
	return second
}

const notLoggedIn: Module = {
	name: 'oidcc-prompt-none-not-logged-in',
	conditions: [
		'EnsureErrorFromAuthorizationEndpointResponse',
		'CheckStateInAuthorizationResponse',
		'CheckErrorFromAuthorizationEndpointIsOneThatRequiresAUserInterface',
		'RejectAuthCodeInAuthorizationEndpointResponse',
	],
	async run(op) {
		const params = request(await op.client(), { prompt: 'none' })
		const arrival = await op.visit(params, { browser: op.stranger() })
		const answered = arrival.at === 'callback' ? arrival.params : null
		const got = op.must('EnsureErrorFromAuthorizationEndpointResponse', answered, arrival.at)
		op.check('CheckStateInAuthorizationResponse', got.get('state') === params.get('state'), got.get('state'))
		const error = got.get('error') ?? 'no error'
		const known = ['login_required', 'interaction_required', 'account_selection_required', 'consent_required']
		op.check('CheckErrorFromAuthorizationEndpointIsOneThatRequiresAUserInterface', known.includes(error), error)
		op.check('RejectAuthCodeInAuthorizationEndpointResponse', !got.has('code'), 'a code')
	},
	broken: overlooking(
		AT.authorize,
		'shows the sign-in page in spite of `prompt=none` to a browser without cookies',
		(params, { headers }) => params.get('prompt') === 'none' && !headers.has('cookie'),
		(params) => params.delete('prompt'),
	),
}

const loggedIn: Module = {
	name: 'oidcc-prompt-none-logged-in',
	conditions: [...SIGNED_IN, 'ExpectNoPage', 'CheckIdTokenAuthTimeUnchanged', 'CheckIdTokenSubConsistent'],
	async run(op) {
		await twice(op, {}, () => ({ prompt: 'none' }))
	},
	broken: refusing(
		AT.authorize,
		'answers every `prompt=none` with `login_required`, signed in or not',
		(params) => params.get('prompt') === 'none' && !params.has('id_token_hint'),
		'login_required',
	),
}

const maxAge10000: Module = {
	name: 'oidcc-max-age-10000',
	conditions: [
		...SIGNED_IN,
		'ExpectNoPage',
		'CheckIdTokenAuthTimeClaimPresentDueToMaxAge',
		'CheckIdTokenAuthTimeUnchanged',
		'CheckIdTokenSubConsistent',
	],
	async run(op) {
		const [first, second] = await twice(op, { max_age: '15000' }, () => ({ max_age: '10000' }))
		const told = [first, second].every(({ claims }) => typeof claims.auth_time === 'number')
		op.check('CheckIdTokenAuthTimeClaimPresentDueToMaxAge', told, 'none')
	},
	broken: overlooking(
		AT.authorize,
		'takes every session for older than `max_age`',
		(params) => params.get('max_age') === '10000',
		(params) => params.set('max_age', '0'),
	),
}

const idTokenHint: Module = {
	name: 'oidcc-id-token-hint',
	conditions: [...SIGNED_IN, 'ExpectNoPage', 'CheckIdTokenAuthTimeUnchanged', 'CheckIdTokenSubConsistent'],
	async run(op) {
		await twice(op, {}, ({ tokens }) => ({ prompt: 'none', id_token_hint: tokens.id_token }))
	},
	broken: refusing(
		AT.authorize,
		'recognises nobody by an id_token_hint',
		(params) => params.get('prompt') === 'none' && params.has('id_token_hint'),
		'login_required',
	),
}

/** Signs in twice, the second time without a page. */
async function twice(
	op: Run,
	change: Record<string, string>,
	again: (first: SignedIn) => Record<string, string>,
): Promise<[SignedIn, SignedIn]> {
	const rp = await op.client()
	const first = await signIn(op, rp, { change })
	op.wait(2 * SECOND)
	const code = await authorized(op, rp, { change: again(first) })
	op.check('ExpectNoPage', !code.asked, 'the citizen was asked')
	const second = await completed(op, code)
	const { auth_time } = second.claims
	op.check('CheckIdTokenAuthTimeUnchanged', auth_time === first.claims.auth_time, auth_time)
	op.check('CheckIdTokenSubConsistent', second.claims.sub === first.claims.sub, 'another sub')
	return [first, second]
}

export const sessions = { promptLogin, maxAge1, notLoggedIn, loggedIn, maxAge10000, idTokenHint }
