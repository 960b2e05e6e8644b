import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import encodeQr from 'qr'

const WIDTH = 640
const HEIGHT = 480

/** A film for Chromium's pretended camera: a QR, held still before a grey wall. @returns the file's path */
export async function filmOfQr(text: string): Promise<string> {
	const rows = encodeQr(text, 'raw', { border: 4 })
	const module = Math.floor((HEIGHT - 40) / rows.length)
	const side = module * rows.length
	const [left, top] = [Math.floor((WIDTH - side) / 2), Math.floor((HEIGHT - side) / 2)]
	const luma = new Uint8Array(WIDTH * HEIGHT).fill(150)
	rows.forEach((row, y) => {
		row.forEach((dark, x) => {
			for (let line = 0; line < module; line++) {
				const start = (top + y * module + line) * WIDTH + left + x * module
				luma.fill(dark ? 16 : 235, start, start + module)
			}
		})
	})
	const chroma = new Uint8Array((WIDTH * HEIGHT) / 2).fill(128)
	const frame = [new TextEncoder().encode('FRAME\n'), luma, chroma]
	const header = new TextEncoder().encode(`YUV4MPEG2 W${WIDTH} H${HEIGHT} F30:1 Ip A1:1 C420jpeg\n`)
	const path = join(await mkdtemp(join(tmpdir(), 'camera-')), 'film.y4m')
	await writeFile(path, Buffer.concat([header, ...frame, ...frame]))
	return path
}
