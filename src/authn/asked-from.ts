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

// Order matters: nearly every browser calls itself Safari, Edge calls itself Chrome, and an app's own browser both.
const BROWSERS: readonly (readonly [RegExp, string])[] = [
	[/\bLine\//, 'LINE'],
	[/\bFB(AN|AV|_IAB)\b/, 'Facebook'],
	[/\bInstagram\b/, 'Instagram'],
	[/\bEdg(A|iOS)?\//, 'Edge'],
	[/\bOPR\//, 'Opera'],
	[/SamsungBrowser\//, 'Samsung Internet'],
	[/\b(Firefox|FxiOS)\//, 'Firefox'],
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

/** IPv4 to /24, IPv6 to /48: enough to see "not my network", too little to find a household. '?' for what is neither. */
function shorten(address: string | null): string {
	const mapped = /^(?:::ffff:)?(\d+\.\d+\.\d+)\.\d+$/i.exec(address ?? '')?.[1]
	if (mapped !== undefined) return `${mapped}.x`
	const groups = (address ?? '').split('%', 1)[0]?.split('::') ?? []
	const [head = [], tail = []] = groups.map((part) => part.split(':').filter((group) => group !== ''))
	const zeros = groups.length === 2 ? 8 - head.length - tail.length : 0
	const whole = [...head, ...Array<string>(Math.max(0, zeros)).fill('0'), ...tail]
	if (whole.length !== 8 || !whole.every((group) => /^[\da-f]{1,4}$/i.test(group))) return '?'
	return `${whole.slice(0, 3).join(':').toLowerCase()}::x`
}
