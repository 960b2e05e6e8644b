import { createMemo } from 'solid-js'
import { qrPath } from './qr-path.ts'

/** A QR code as vector. Dark on white in both colour schemes: scanners expect it so. */
export function QrCode(props: { text: string; label: string }) {
	const drawn = createMemo(() => qrPath(props.text))
	return (
		<div class="qr">
			<svg viewBox={`0 0 ${drawn().size} ${drawn().size}`} role="img" aria-label={props.label}>
				<path d={drawn().path} />
			</svg>
		</div>
	)
}
