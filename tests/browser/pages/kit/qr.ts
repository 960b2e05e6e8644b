import type { Locator, Page } from 'playwright-core'
import decodeQr from 'qr/decode.js'

/** Reads a QR from the pixels of the screen, as a camera would. */
export async function readQr(page: Page, picture: Locator): Promise<string> {
	const png = await picture.screenshot()
	const pixels = await page.evaluate(async (base64) => {
		const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))
		const bitmap = await createImageBitmap(new Blob([bytes], { type: 'image/png' }))
		const drawing = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d')
		if (!drawing) throw new Error('no canvas')
		drawing.drawImage(bitmap, 0, 0)
		return {
			width: bitmap.width,
			height: bitmap.height,
			data: [...drawing.getImageData(0, 0, bitmap.width, bitmap.height).data],
		}
	}, png.toString('base64'))
	return decodeQr({ ...pixels, data: Uint8ClampedArray.from(pixels.data) })
}
