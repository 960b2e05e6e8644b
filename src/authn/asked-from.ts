import type { Peer } from './needs.ts'

/** What the phone is told about the browser that waits. Coarse on purpose, and never trusted for a decision. */
export interface AskedFrom {
	place: string | null
	/** Address with its last part left out. */
	network: string
	browser: string
	os: string
	kind: 'phone' | 'desktop'
}

export function describeAsker(request: Request, peer: Peer): AskedFrom {
	const agent = request.headers.get('user-agent') ?? ''
	return {
		place: peer.place,
		network: shorten(peer.address),
		browser: firstMatch(agent, BROWSERS),
		os: firstMatch(agent, SYSTEMS),
		kind: /Mobile|Android|iPhone/.test(agent) ? 'phone' : 'desktop',
	}
}

// Order matters: nearly every browser calls itself Safari, and Edge calls itself Chrome.
const BROWSERS: readonly (readonly [RegExp, string])[] = [
	[/Line\//, 'LINE'],
	[/Edg\//, 'Edge'],
	[/SamsungBrowser\//, 'Samsung Internet'],
	[/Firefox\//, 'Firefox'],
	[/(HeadlessChrome|Chrome|CriOS)\//, 'Chrome'],
	[/Safari\//, 'Safari'],
]
const SYSTEMS: readonly (readonly [RegExp, string])[] = [
	[/iPhone|iPad/, 'iOS'],
	[/Android/, 'Android'],
	[/Windows/, 'Windows'],
	[/Mac OS X/, 'macOS'],
	[/CrOS/, 'ChromeOS'],
	[/Linux/, 'Linux'],
]

function firstMatch(text: string, table: readonly (readonly [RegExp, string])[]): string {
	return table.find(([pattern]) => pattern.test(text))?.[1] ?? '?'
}

/** IPv4 to /24, IPv6 to /48: enough to see "not my network", too little to find a household. */
function shorten(address: string | null): string {
	if (address === null) return '?'
	const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1] ?? address
	if (/^\d+\.\d+\.\d+\.\d+$/.test(mapped)) return mapped.replace(/\.\d+$/, '.x')
	return `${mapped.split(':').slice(0, 3).join(':')}::x`
}
