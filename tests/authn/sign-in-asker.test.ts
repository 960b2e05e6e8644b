import { describe, expect, test } from 'bun:test'
import { describeAsker } from '../../src/authn/asked-from.ts'

/** What the phone is told about the browser that waits. */
const asker = (agent: string, address: string | null = null) =>
	describeAsker(new Request('http://localhost/', { headers: { 'user-agent': agent } }), { address, place: null })

const ANDROID = 'Mozilla/5.0 (Linux; Android 15; SM-S928B) AppleWebKit/537.36 (KHTML, like Gecko)'
const IPHONE = 'Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)'
const WINDOWS = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)'
const MAC = 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko)'

describe('the browser that waits, as its user agent says', () => {
	test.each([
		[`${WINDOWS} Chrome/142.0.0.0 Safari/537.36`, 'Chrome', 'Windows', 'desktop'],
		[`${WINDOWS} Chrome/142.0.0.0 Safari/537.36 Edg/142.0.0.0`, 'Edge', 'Windows', 'desktop'],
		[`${WINDOWS} Chrome/142.0.0.0 Safari/537.36 OPR/120.0.0.0`, 'Opera', 'Windows', 'desktop'],
		['Mozilla/5.0 (Windows NT 10.0; rv:140.0) Gecko/20100101 Firefox/140.0', 'Firefox', 'Windows', 'desktop'],
		[`${MAC} Version/19.0 Safari/605.1.15`, 'Safari', 'macOS', 'desktop'],
		['Mozilla/5.0 (X11; CrOS x86_64 16000.0.0) Chrome/142.0.0.0 Safari/537.36', 'Chrome', 'ChromeOS', 'desktop'],
		['Mozilla/5.0 (X11; Linux x86_64) HeadlessChrome/142.0.0.0 Safari/537.36', 'Chrome', 'Linux', 'desktop'],
		[`${ANDROID} Chrome/142.0.0.0 Mobile Safari/537.36`, 'Chrome', 'Android', 'phone'],
		[`${ANDROID} SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36`, 'Samsung Internet', 'Android', 'phone'],
		[`${ANDROID} Chrome/142.0.0.0 Mobile Safari/537.36 EdgA/142.0.0.0`, 'Edge', 'Android', 'phone'],
		[`${ANDROID} Version/4.0 Chrome/142.0.0.0 Mobile Safari/537.36 Line/15.1.0/IAB`, 'LINE', 'Android', 'phone'],
		[
			`${ANDROID} Version/4.0 Chrome/142.0.0.0 Mobile Safari/537.36 [FB_IAB/FB4A;FBAV/480.0]`,
			'Facebook',
			'Android',
			'phone',
		],
		[`${IPHONE} Mobile/15E148 Safari Line/15.1.0`, 'LINE', 'iOS', 'phone'],
		[`${IPHONE} Mobile/15E148 [FBAN/FBIOS;FBAV/480.0]`, 'Facebook', 'iOS', 'phone'],
		[`${IPHONE} Mobile/15E148 Instagram 350.0.0.0`, 'Instagram', 'iOS', 'phone'],
		[`${IPHONE} CriOS/142.0.0.0 Mobile/15E148 Safari/604.1`, 'Chrome', 'iOS', 'phone'],
		[`${IPHONE} FxiOS/140.0 Mobile/15E148 Safari/605.1.15`, 'Firefox', 'iOS', 'phone'],
		[`${IPHONE} EdgiOS/142.0 Version/19.0 Mobile/15E148 Safari/604.1`, 'Edge', 'iOS', 'phone'],
		['curl/8.0', '?', '?', 'desktop'],
		['', '?', '?', 'desktop'],
	])('%s', (agent, browser, os, kind) => {
		expect(asker(agent)).toMatchObject({ browser, os, kind })
	})
})

describe('its network, without the part that would find a household', () => {
	test.each([
		['203.0.113.77', '203.0.113.x'],
		['::ffff:203.0.113.77', '203.0.113.x'],
		['2001:db8:1:2:3:4:5:6', '2001:db8:1::x'],
		['2001:DB8::1', '2001:db8:0::x'],
		['2001:db8:1::', '2001:db8:1::x'],
		['fe80::1%eth0', 'fe80:0:0::x'],
		['::1', '0:0:0::x'],
		[null, '?'],
		['', '?'],
		['unknown', '?'],
		['2001:db8:1:2:3:4:5', '?'],
		['<b>', '?'],
	])('%s', (address, network) => {
		expect(asker('', address).network).toBe(network)
	})
})
