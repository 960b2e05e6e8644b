/** Whether this browser runs on a phone: there, a QR on the own screen is of no use. */
export function isPhone(): boolean {
	const hints = (navigator as Navigator & { userAgentData?: { mobile: boolean } }).userAgentData
	return hints?.mobile ?? /Android.+Mobile|iPhone|iPod/.test(navigator.userAgent)
}
