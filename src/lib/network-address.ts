/**
 * Which network addresses belong to the open Internet. Everything else (this machine, its neighbours, what is reserved)
 * must not be reached because somebody from outside named it. IANA special-purpose registries, RFC 6890.
 */

/** First address and length of its prefix. */
const RESERVED_V4: readonly (readonly [number, number])[] = [
	[0x00000000, 8],
	[0x0a000000, 8],
	[0x64400000, 10],
	[0x7f000000, 8],
	[0xa9fe0000, 16],
	[0xac100000, 12],
	[0xc0000000, 24],
	[0xc0000200, 24],
	[0xc0586300, 24],
	[0xc0a80000, 16],
	[0xc6120000, 15],
	[0xc6336400, 24],
	[0xcb007100, 24],
	[0xe0000000, 4],
	[0xf0000000, 4],
]

/**
 * @param address as a resolver or a URL spells it: dotted IPv4, or IPv6 with or without brackets and zone
 * @returns false too for what is no address at all
 */
export function isPublicAddress(address: string): boolean {
	const bare = address.replace(/^\[|\]$/g, '')
	const v4 = readV4(bare)
	if (v4 !== null) return isPublicV4(v4)
	const groups = readV6(bare)
	return groups !== null && isPublicV6(groups)
}

/** `127.0.0.1` or any of its 2^24 names, `::1`, and either as the other. */
export function isLoopbackAddress(address: string): boolean {
	const bare = address.replace(/^\[|\]$/g, '')
	const v4 = readV4(bare) ?? mappedV4(readV6(bare) ?? [])
	if (v4 !== null) return v4 >>> 24 === 127
	return readV6(bare)?.every((group, i) => group === (i === 7 ? 1 : 0)) ?? false
}

function isPublicV4(address: number): boolean {
	return !RESERVED_V4.some(([first, length]) => (address ^ first) >>> (32 - length) === 0)
}

function isPublicV6(groups: readonly number[]): boolean {
	const embedded = mappedV4(groups)
	if (embedded !== null) return isPublicV4(embedded)
	const [a = 0, b = 0, c = 0] = groups
	// 6to4 (RFC 3056) leads to the IPv4 address inside.
	if (a === 0x2002) return isPublicV4(join(b, c))
	// 2001::/23 is protocol assignments (Teredo among them), 2001:db8::/32 and 3fff::/20 are for documents.
	if (a === 0x2001 && (b < 0x200 || b === 0xdb8)) return false
	if (a === 0x3fff && b < 0x1000) return false
	return a >>> 13 === 1
}

const join = (high: number, low: number): number => ((high << 16) | low) >>> 0

/** The IPv4 address in an IPv6 one: mapped (RFC 4291 §2.5.5.2), compatible (§2.5.5.1), or through NAT64 (RFC 6052). */
function mappedV4(groups: readonly number[]): number | null {
	const [a, b, c, d, e, f, g = 0, h = 0] = groups
	if (groups.length !== 8 || c !== 0 || d !== 0 || e !== 0) return null
	const mapped = a === 0 && b === 0 && (f === 0xffff || (f === 0 && g !== 0))
	const translated = a === 0x64 && b === 0xff9b && f === 0
	return mapped || translated ? join(g, h) : null
}

function readV4(text: string): number | null {
	const parts = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text)?.slice(1).map(Number)
	if (!parts || parts.some((part) => part > 255)) return null
	return parts.reduce((sum, part) => ((sum << 8) | part) >>> 0, 0)
}

/** Eight groups, or null. */
function readV6(text: string): number[] | null {
	const dotted = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(text.split('%', 1)[0] ?? '')
	const v4 = dotted ? readV4(dotted[2] ?? '') : null
	if (dotted && v4 === null) return null
	const whole =
		v4 === null
			? (text.split('%', 1)[0] ?? '')
			: `${dotted?.[1]}${(v4 >>> 16).toString(16)}:${(v4 & 0xffff).toString(16)}`
	const halves = whole.split('::')
	if (halves.length > 2 || !whole.includes(':')) return null
	const [head = [], tail = []] = halves.map((half) => (half === '' ? [] : half.split(':')))
	const missing = 8 - head.length - tail.length
	if (halves.length === 1 ? missing !== 0 : missing < 1) return null
	const groups = [...head, ...Array<string>(missing).fill('0'), ...tail]
	if (!groups.every((group) => /^[\da-f]{1,4}$/i.test(group))) return null
	return groups.map((group) => Number.parseInt(group, 16))
}
