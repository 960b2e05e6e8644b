/** The part of the Workers runtime that `worker.ts` uses; the package's own types would bring a second DOM along. */
declare module 'cloudflare:workers' {
	/** The request's work goes on until the promise settles, though its answer has gone. */
	export function waitUntil(promise: Promise<unknown>): void
}
