import { type Condition, GROUPS, type Module, namesOf, type Plan } from '../tests/oidc/conformance/kit/module.ts'

/** What a run of everything found out: for each module its result on the server as it is, and whom its variant breaks. */
export interface Finding {
	result: string
	/** Whether the module finds its own broken server, by one of its conditions. */
	found: boolean
	/** Names of the other modules that fail on it. */
	others: string[]
}

export type Findings = ReadonlyMap<string, Finding>

/** `docs/conformance.md`: nothing in it is from elsewhere than the modules and a run of them. */
export function renderPage(plans: readonly Plan[], findings: Findings): string {
	const all = plans.flatMap(({ modules }) => modules)
	const numbers = new Map(all.map(({ name }, at) => [name, at + 1]))
	const passing = all.filter(({ name }) => findings.get(name)?.result === 'passes').length
	return [
		HEAD,
		`${passing} of ${all.length} modules pass. Every module was run on every broken server too: the last two columns say what is wrong with its own, and which others find that as well.`,
		'',
		'## What is checked wherever something succeeds',
		'',
		'| in the tables below | conditions |',
		'|---|---|',
		...GROUPS.map(({ group, conditions }) => `| *${group}* | ${conditions.map(code).join(', ')} |`),
		'',
		...plans.flatMap((plan) => [...renderPlan(plan, findings, numbers), '']),
		TAIL,
	].join('\n')
}

function renderPlan(plan: Plan, findings: Findings, numbers: ReadonlyMap<string, number>): string[] {
	return [
		`## ${plan.name}`,
		'',
		`${plan.modules.length} modules; ${plan.variant}.`,
		'',
		'| # | module | what is checked | result | its broken server … | … which these find too |',
		'|---|---|---|---|---|---|',
		...plan.modules.map((module) => renderModule(module, findings.get(module.name), numbers)),
	]
}

function renderModule(module: Module, finding: Finding | undefined, numbers: ReadonlyMap<string, number>): string {
	const others = finding?.others.map((name) => `#${numbers.get(name) ?? name}`).join(', ') || '–'
	const cells = [
		String(numbers.get(module.name)),
		code(module.name),
		checks(module.conditions),
		finding?.result ?? 'not run',
		module.broken.what,
		others,
	]
	return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
}

/** Groups first, each by its name, then what this module alone looks at. */
function checks(conditions: readonly Condition[]): string {
	const groups = conditions.flatMap((each) => (typeof each === 'string' ? [] : [`*${each.group}*`]))
	const own = namesOf(conditions.filter((each) => typeof each === 'string')).map(code)
	return [...groups, ...own].join(', ')
}

const code = (text: string): string => `\`${text}\``

/** The last column of a page, by module: what only a run of everything can tell. */
export function othersOf(page: string, plans: readonly Plan[]): Map<string, string[]> {
	const names = plans.flatMap(({ modules }) => modules.map(({ name }) => name))
	const rows = page.matchAll(/^\| \d+ \| `([^`]+)` \|.*\| ([^|]*) \|$/gm)
	return new Map(
		[...rows].map(([, name = '', cell = '']) => [
			name,
			[...cell.matchAll(/#(\d+)/g)].map(([, number]) => names[Number(number) - 1] ?? '?'),
		]),
	)
}

const HEAD = `# Conformance

*Written by \`bun run conformance\`; change the modules, not this page.*

The OpenID Foundation tests providers with a suite of its own. These are the modules of the plans that this provider is
made for, under the names that they have there, told anew as tests of ours: a suite that speaks HTTP over a socket, a
browser with cookies, a citizen who signs in with passkey and PIN by the real ceremony. Each lists the conditions that it
checks, by the names of that suite where it has one.

A test that cannot fail shows nothing. So each module comes with one server that is broken on purpose, by an
intermediary in front of the real one: the module has to find it by one of its conditions, and as few others as possible
may.

**What this page does not say:** that the provider is certified. Only the Foundation's suite and its certification
programme can; that suite was not run. Not looked at here are what it asks a person (pictures of pages), TLS versions and
ciphers (TLS ends in front of this server), and the modules of its FAPI 2.0 plan that do not apply to the variant (they
belong to Brazil's and Australia's profiles, or to a registered redirect URI, which the variant leaves open). Two of the
Basic plan, \`oidcc-idtoken-unsigned\` and \`oidcc-request-uri-unsigned-…\`, are left out there where clients are registered
by hand; here they check that the server does not claim what it does not do.
`

const TAIL = `## Running it

    bun run conformance                      every module on the real server and on every broken one; writes this page
    bun test tests/oidc/conformance          every module on the real server and on its own broken one
`
