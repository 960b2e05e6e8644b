/** What a citizen can be told, and what the words of each need. The words stand in `web/words`. */
export interface NoticeParams {
	/** The digital ID stands. */
	enrolled: { officeTh: string; officeEn: string }
	/** A new device took the place of the one before. */
	device_replaced: Record<string, never>
	/** Signed in by QR: the way that somebody else may have asked for, so it is always told. */
	signed_in_by_qr: { clientTh: string; clientEn: string; place: string; browser: string }
	signed_in: { clientTh: string; clientEn: string }
	/** The card that its holder showed was looked at, by whoever scanned its QR. */
	card_checked: Record<string, never>
	/** The tenth wrong PIN. */
	pin_disabled: Record<string, never>
	/** Days until the ID card expires, and until the days of grace are over. */
	card_expires_soon: { days: number }
	card_expired_grace: { days: number }
	/** Another PIN was set on the device. */
	pin_changed: Record<string, never>
	/** Suspended, since the device is gone: by whom the event says. */
	frozen: Record<string, never>
	/** An officer took that back. */
	thawed: { officeTh: string; officeEn: string }
}

export type NoticeKind = keyof NoticeParams

/** One of the kinds with its own parameters. */
export type NewNotice = { [K in NoticeKind]: { kind: K; params: NoticeParams[K] } }[NoticeKind]

export interface Notice {
	id: string
	kind: NoticeKind
	params: Record<string, string | number>
	/** ms */
	at: number
	/** ms */
	readAt: number | null
}
