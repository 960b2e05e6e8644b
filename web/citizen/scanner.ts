/** The camera, read frame by frame in this page. No picture leaves it. */
export type CameraTrouble = 'denied' | 'missing' | 'busy'

export interface Scanner {
	stop(): void
}

/** Longer edge of what is decoded: enough for a QR on a screen, and quick on an old phone. */
const EDGE = 720
const PAUSE = 80

/**
 * Opens the rear camera into a video element and calls back with each text that is read.
 * @throws CameraTrouble as a string, where the camera cannot be had
 */
export async function startScanner(video: HTMLVideoElement, onText: (text: string) => void): Promise<Scanner> {
	// The decoder is fetched while the person is asked for the camera.
	const decoding = import('qr/decode.js')
	const stream = await openCamera()
	video.srcObject = stream
	await video.play()
	const { default: decode } = await decoding
	const canvas = document.createElement('canvas')
	const drawing = canvas.getContext('2d', { willReadFrequently: true })
	let stopped = false

	const read = (): void => {
		if (stopped || !drawing) return
		const scale = Math.min(1, EDGE / Math.max(video.videoWidth, video.videoHeight, 1))
		canvas.width = Math.round(video.videoWidth * scale)
		canvas.height = Math.round(video.videoHeight * scale)
		if (canvas.width > 0 && canvas.height > 0) {
			drawing.drawImage(video, 0, 0, canvas.width, canvas.height)
			const text = tryDecode(decode, drawing.getImageData(0, 0, canvas.width, canvas.height))
			if (text) onText(text)
		}
		setTimeout(read, PAUSE)
	}
	read()

	return {
		stop() {
			stopped = true
			for (const track of stream.getTracks()) track.stop()
			video.srcObject = null
		},
	}
}

async function openCamera(): Promise<MediaStream> {
	if (!navigator.mediaDevices?.getUserMedia) throw 'missing' satisfies CameraTrouble
	try {
		return await navigator.mediaDevices.getUserMedia({
			video: { facingMode: { ideal: 'environment' }, width: { ideal: 1280 }, height: { ideal: 720 } },
			audio: false,
		})
	} catch (error) {
		throw troubleOf(error)
	}
}

function troubleOf(error: unknown): CameraTrouble {
	const name = error instanceof Error ? error.name : ''
	if (name === 'NotAllowedError' || name === 'SecurityError') return 'denied'
	return name === 'NotReadableError' || name === 'AbortError' ? 'busy' : 'missing'
}

/** The decoder throws where there is no code in the picture: most pictures. */
function tryDecode(decode: (image: ImageData) => string, image: ImageData): string | null {
	try {
		return decode(image)
	} catch {
		return null
	}
}

/** What a code of ours is for: a sign-in's frame, or a card that is shown. */
export type Scanned = { kind: 'sign-in'; frame: string } | { kind: 'card'; link: string }

/** @param origin our own. @returns null where the code is anybody else's */
export function readCode(text: string, origin = location.origin): Scanned | null {
	if (!URL.canParse(text)) return null
	const url = new URL(text)
	const fragment = url.hash.slice(1)
	if (url.origin !== origin || url.username !== '' || fragment === '') return null
	if (url.pathname === '/q') return { kind: 'sign-in', frame: fragment }
	return url.pathname === '/check' ? { kind: 'card', link: `/check#${fragment}` } : null
}
