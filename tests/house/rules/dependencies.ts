import type { Violation } from '../kit/sources.ts'

interface Manifest {
	dependencies?: Record<string, string>
	devDependencies?: Record<string, string>
	optionalDependencies?: Record<string, string>
}

/** Each dependency is pinned to one version, and its page says what it is for. A line that nobody needs goes too. */
export function dependencyViolations(manifest: Manifest, page: string): Violation[] {
	const wanted = { ...manifest.dependencies, ...manifest.devDependencies, ...manifest.optionalDependencies }
	const told = new Set([...page.matchAll(/^\| `([^`]+)` \|/gm)].map((match) => match[1] ?? ''))
	const loose = Object.entries(wanted)
		.filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))
		.map(([name, version]) => `package.json: ${name} is not one version but «${version}»`)
	const untold = Object.keys(wanted)
		.filter((name) => !told.has(name))
		.map((name) => `docs/dependencies.md does not say what ${name} is for`)
	const stale = [...told]
		.filter((name) => !(name in wanted))
		.map((name) => `docs/dependencies.md tells of ${name}, which is not used`)
	return [...loose, ...untold, ...stale]
}
