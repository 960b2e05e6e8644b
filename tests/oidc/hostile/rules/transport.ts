import { all, type Break, type Draft, header } from '../kit/draft.ts'
import { at, type Rule } from './rule.ts'

const body =
	(type: string, text: string): Break =>
	(draft) => {
		draft.headers['content-type'] = type
		draft.body = text
	}
const method =
	(name: string): Break =>
	(draft) => {
		draft.method = name
	}

const posting = [...at('par'), ...at('token')]

/** RFC 6749 §3.2, RFC 9126 §2: POST, a form, and nothing else. */
export const transport: Rule[] = [
	...['GET', 'PUT', 'DELETE', 'PATCH'].map(
		(name): Rule => ({
			rule: 'RFC 6749 §3.2, RFC 9126 §2: POST',
			what: `the method ${name}`,
			at: posting,
			how: method(name),
			error: 'invalid_request',
			status: 405,
		}),
	),
	...['PUT', 'DELETE', 'PATCH'].map(
		(name): Rule => ({
			rule: 'RFC 6749 §3.1: GET and POST',
			what: `the method ${name}`,
			at: at('authorize', 'oidc'),
			how: method(name),
			error: 'invalid_request',
			status: 405,
			where: 'json',
		}),
	),
	{
		rule: 'RFC 6749 §3.2: a form',
		what: 'JSON',
		at: posting,
		how: (draft: Draft) => body('application/json', JSON.stringify(Object.fromEntries(draft.params)))(draft),
		error: 'invalid_request',
		status: 415,
	},
	{
		rule: 'RFC 6749 §3.2: a form',
		what: 'no content type',
		at: posting,
		how: header('content-type', ''),
		error: 'invalid_request',
		status: 415,
	},
	{
		rule: 'RFC 6749 §3.2: a form',
		what: 'multipart',
		at: posting,
		how: body('multipart/form-data; boundary=x', '--x--'),
		error: 'invalid_request',
		status: 415,
	},
	{
		rule: 'a body that nobody needs',
		what: '70,000 letters more',
		at: posting,
		how: all((draft) => {
			draft.params.push(['more', 'x'.repeat(70_000)])
		}),
		error: 'invalid_request',
		status: 413,
	},
]
