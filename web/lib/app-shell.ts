import { createSignal } from 'solid-js'

/**
 * The page's side of the service worker: it is put into service, and a new version that waits is told of. The page goes
 * over to it when its user asks for that.
 */
const [waiting, setWaiting] = createSignal<ServiceWorker | null>(null)

/** Whether a new version of the app waits. */
export const newVersion = (): boolean => waiting() !== null

/** Where the browser has no service workers, or refuses one, the app works with network only. */
export async function startAppShell(): Promise<void> {
	const { serviceWorker } = navigator
	if (!serviceWorker) return
	try {
		const registration = await serviceWorker.register('/sw.js', { scope: '/' })
		const look = (): void => {
			// Without one in charge it is the first, which takes charge by itself.
			if (registration.waiting && serviceWorker.controller) setWaiting(registration.waiting)
		}
		look()
		registration.addEventListener('updatefound', () => {
			registration.installing?.addEventListener('statechange', look)
		})
		// An app that stays open for days asks when it is looked at again.
		document.addEventListener('visibilitychange', () => {
			if (document.visibilityState === 'visible') void registration.update().catch(() => undefined)
		})
	} catch {
		// Refused: nothing is lost but the days without network.
	}
}

/** The new version takes over, and the page is loaded by it. */
export function takeNewVersion(): void {
	navigator.serviceWorker.addEventListener('controllerchange', () => location.reload(), { once: true })
	waiting()?.postMessage('take-over')
}
