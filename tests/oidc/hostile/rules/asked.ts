import { set } from '../kit/draft.ts'
import { type Rule, request } from './rule.ts'

/** RFC 8259, and OpenID Connect Core §5.5: an object of objects. */
const CLAIMS: Record<string, string> = {
	'no JSON': 'claims',
	'half of it': '{"id_token":{"pid":null}',
	'a list': '[]',
	'a text': '"claims"',
	null: 'null',
	'a number': '1',
	'a list for id_token': '{"id_token":[]}',
	'a text for userinfo': '{"userinfo":"pid"}',
	'a text for a claim': '{"id_token":{"pid":"yes"}}',
	'a list for a claim': '{"id_token":{"pid":[]}}',
	'a number for a claim': '{"userinfo":{"name":1}}',
	'essential that is a text': '{"id_token":{"pid":{"essential":"true"}}}',
	'values that are no list': '{"id_token":{"acr":{"values":"phr"}}}',
}

const mandate = (more: object = {}) => ({
	type: 'dopa_mandate',
	act: 'x',
	delegate: 'y',
	valid_from: '2026-01-01',
	valid_until: '2026-02-01',
	...more,
})

/** RFC 9396 §2, §5. The clients here are approved for `dopa_mandate`. */
const DETAILS: Record<string, unknown> = {
	'no list': mandate(),
	'an empty list': [],
	'a list of texts': ['dopa_mandate'],
	'a list of null': [null],
	'a list in a list': [[mandate()]],
	'no type': [mandate({ type: undefined })],
	'a type that is a number': [mandate({ type: 1 })],
	'a type that nobody knows': [mandate({ type: 'payment_initiation' })],
	'a type of the language': [mandate({ type: '__proto__' })],
	'a type that is not approved': [
		{ type: 'dopa_document_signature', label: 'x', hash_alg: 'sha-256', document_digest: 'A'.repeat(43) },
	],
	'a field too few': [mandate({ act: undefined })],
	'a good and a bad one': [mandate(), mandate({ act: '' })],
}

/** What our own types ask of their fields. */
const FIELDS: Record<string, unknown> = {
	'a field too many': [mandate({ amount: 1 })],
	'markup in an object for a field': [mandate({ act: { '<svg>': 1 } })],
	'a line end in a field': [mandate({ act: 'a\nb' })],
	'a text that turns the line round': [mandate({ act: 'a\u202eb' })],
	'a citizen number in a field': [mandate({ delegate: '1980000000019' })],
	'a field of 201 letters': [mandate({ act: 'x'.repeat(201) })],
	'a day that is none': [mandate({ valid_until: '2026-02-30' })],
	'an end before the beginning': [mandate({ valid_until: '2025-12-31' })],
	'more than a year': [mandate({ valid_until: '2027-06-01' })],
	'six of them': Array(6).fill(mandate()),
}

const RESOURCES = [
	'https://nobody.example/',
	'api',
	'/relative',
	'https://api.tests.example/#fragment',
	'https://API.tests.example/',
	'https://api.tests.example',
	'https://api.tests.example/ ',
	'javascript:alert(1)',
	'http://169.254.169.254/',
]

/** What a request may ask beside scopes, and how the page may fit better. */
export const asked: Rule[] = [
	...Object.entries(CLAIMS).map(
		([what, value]): Rule => ({
			rule: 'OpenID Connect Core §5.5: claims is a JSON object',
			what: `for claims, ${what}`,
			at: request(),
			how: set('claims', value),
			error: 'invalid_request',
		}),
	),
	...['essential', 'values'].map(
		(how): Rule => ({
			rule: 'OpenID Connect Core §5.5.1.1: an essential acr that cannot be met',
			what: `an essential acr that nobody knows, as ${how}`,
			at: request(),
			how: set(
				'claims',
				JSON.stringify({
					id_token: {
						acr: {
							essential: true,
							...(how === 'values' ? { values: ['urn:nobody:knows'] } : { value: 'urn:nobody:knows' }),
						},
					},
				}),
			),
			error: 'unmet_authentication_requirements',
		}),
	),
	...['no JSON', '[', '"text"', ...Object.keys(DETAILS)].map(
		(what): Rule => ({
			rule: 'RFC 9396 §5: invalid_authorization_details',
			what: `for authorization_details, ${what}`,
			at: request(),
			how: set('authorization_details', what in DETAILS ? JSON.stringify(DETAILS[what]) : what),
			error: 'invalid_authorization_details',
		}),
	),
	...Object.entries(FIELDS).map(
		([what, value]): Rule => ({
			rule: 'RFC 9396 §5: what the type says of its fields',
			what: `for authorization_details, ${what}`,
			at: request(),
			how: set('authorization_details', JSON.stringify(value)),
			error: 'invalid_authorization_details',
			own: true,
		}),
	),
	...RESOURCES.map(
		(resource): Rule => ({
			rule: 'RFC 8707 §2: invalid_target',
			what: `resource «${resource}»`,
			at: request(),
			how: set('resource', resource),
			error: 'invalid_target',
		}),
	),
	...['x', 'a'.repeat(42), 'a'.repeat(44), `${'a'.repeat(42)}=`, `${'a'.repeat(42)}+`].map(
		(jkt): Rule => ({
			rule: 'RFC 9449 §10: dpop_jkt is a thumbprint',
			what: `a dpop_jkt of ${jkt.length} letters, the last «${jkt.at(-1)}»`,
			at: request('fapi2', 'oidc'),
			how: set('dpop_jkt', jkt),
			error: 'invalid_request',
		}),
	),
	...['Page', 'fullscreen', 'page popup'].map(
		(display): Rule => ({
			rule: 'OpenID Connect Core §3.1.2.1: display',
			what: `display «${display}»`,
			at: request(),
			how: set('display', display),
			error: 'invalid_request',
		}),
	),
	{
		rule: 'a text that nobody needs',
		what: 'claims of 8,193 letters',
		at: request(),
		how: set('claims', `{"id_token":{"pid":null}}${' '.repeat(8_169)}`),
		error: 'invalid_request',
		own: true,
	},
	{
		rule: 'a citizen number stands in no URL',
		what: 'a login_hint that is one',
		at: request(),
		how: set('login_hint', '1-9800-00000-01-9'),
		error: 'invalid_request',
		own: true,
	},
	{
		rule: 'a citizen number stands in no URL',
		what: 'a login_hint that holds one in Thai digits',
		at: request(),
		how: set('login_hint', 'เลข ๑๙๘๐๐๐๐๐๐๐๐๑๙'),
		error: 'invalid_request',
		own: true,
	},
	...['login_hint', 'ui_locales', 'claims_locales'].map(
		(name): Rule => ({
			rule: 'a text that nobody needs',
			what: `${name} of 257 letters`,
			at: request(),
			how: set(name, 'x'.repeat(257)),
			error: 'invalid_request',
			own: true,
		}),
	),
]
