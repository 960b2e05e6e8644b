/** Line icons of 24 units, drawn for this product. Always beside words, therefore hidden from screen readers. */
const PATHS = {
	qr: 'M4 4h6v6H4zM14 4h6v6h-6zM4 14h6v6H4zM14 14h2v2h-2zM18 14h2M14 18v2M18 18h2v2',
	phone: 'M8 3h8a1.5 1.5 0 0 1 1.5 1.5v15A1.5 1.5 0 0 1 16 21H8a1.5 1.5 0 0 1-1.5-1.5v-15A1.5 1.5 0 0 1 8 3zM11 18h2',
	screen: 'M4 5h16v11H4zM9 20h6M12 16v4',
	key: 'M14.5 9.5a4.5 4.5 0 1 0-3.2 4.3L13 15.5h2V18h2.5v2.5H21v-3l-6.8-6.7a4.5 4.5 0 0 0 .3-1.3zM9 8.5h.01',
	check: 'M5 12.5l4.5 4.5L19 7.5',
	cross: 'M6 6l12 12M18 6L6 18',
	warning: 'M12 4L2.8 19.5h18.4zM12 10v4.5M12 17.2h.01',
	info: 'M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17zM12 11v5M12 8h.01',
	office: 'M3.5 20.5h17M5.5 20.5V10M9.8 20.5V10M14.2 20.5V10M18.5 20.5V10M3.5 10h17L12 4z',
	person: 'M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4.5 20.5c1-4 4-6 7.5-6s6.5 2 7.5 6',
	lock: 'M6 11h12v9.5H6zM8.5 11V8a3.5 3.5 0 0 1 7 0v3M12 15v2',
	bell: 'M6 16.5V11a6 6 0 0 1 12 0v5.5l1.5 1.5h-15zM10 20.5h4',
	clock: 'M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17zM12 7.5V12l3 2',
	copy: 'M9 9h11v11H9zM5 15H4V4h11v1',
	eye: 'M2.5 12c2-4 5.5-6.5 9.5-6.5s7.5 2.5 9.5 6.5c-2 4-5.5 6.5-9.5 6.5S4.5 16 2.5 12zM12 15a3 3 0 1 0 0-6 3 3 0 0 0 0 6z',
	'eye-off':
		'M4 4l16 16M9.9 5.7A9.5 9.5 0 0 1 12 5.5c4 0 7.5 2.5 9.5 6.5a13 13 0 0 1-3 3.8M6.5 7.5A13 13 0 0 0 2.5 12c2 4 5.5 6.5 9.5 6.5 1.6 0 3-.4 4.3-1.1M10 10a3 3 0 0 0 4 4',
	forward: 'M5 12h14M13 6l6 6-6 6',
	back: 'M19 12H5M11 6l-6 6 6 6',
	globe: 'M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17zM3.5 12h17M12 3.5c-5 5-5 12 0 17M12 3.5c5 5 5 12 0 17',
	camera: 'M4 8h3.5L9 5.5h6L16.5 8H20v11.5H4zM12 17a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7z',
	card: 'M3 6h18v12.5H3zM7 10.5h3.5v4H7zM14 11h4M14 14.5h4',
	pin: 'M12 21c4.5-5 6.5-8.3 6.5-11a6.5 6.5 0 0 0-13 0c0 2.7 2 6 6.5 11zM12 12.2a2.2 2.2 0 1 0 0-4.4 2.2 2.2 0 0 0 0 4.4z',
	search: 'M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13zM15.5 15.5l5 5',
	leave: 'M14 4H5v16h9M10 12h11M17 8l4 4-4 4',
} as const

export type IconName = keyof typeof PATHS

export function Icon(props: { name: IconName }) {
	return (
		<svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
			<path d={PATHS[props.name]} />
		</svg>
	)
}

/** The product's own mark: a doorway of three arches over a person, which is also a fingerprint. No real seal. */
export function Emblem() {
	return (
		<svg class="emblem" viewBox="0 0 48 48" aria-hidden="true">
			<path
				d="M6 43V24a18 18 0 0 1 36 0v19M13 43V25a11 11 0 0 1 22 0v18"
				fill="none"
				stroke="currentColor"
				stroke-width="3.6"
				stroke-linecap="round"
			/>
			<path d="M24 29.5a4.2 4.2 0 1 0 0-8.4 4.2 4.2 0 0 0 0 8.4z" fill="#f2b84b" />
			<path d="M18.5 43v-3.5a5.5 5.5 0 0 1 11 0V43z" fill="#f2b84b" />
		</svg>
	)
}
