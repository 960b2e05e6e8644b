import encodeQR from 'qr'

const BORDER = 2

/** One path for all dark modules: a row's runs as rectangles. */
export function qrPath(text: string): { size: number; path: string } {
	const rows = encodeQR(text, 'raw', { ecc: 'medium', border: BORDER })
	let path = ''
	rows.forEach((row, y) => {
		for (let x = 0; x < row.length; x++) {
			if (!row[x]) continue
			const start = x
			while (row[x + 1]) x++
			path += `M${start} ${y}h${x - start + 1}v1H${start}z`
		}
	})
	return { size: rows.length, path }
}
