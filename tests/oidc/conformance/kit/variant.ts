import type { Book } from './book.ts'

/**
 * A server that is broken in one place on purpose: the real one behind an intermediary that changes a request or an
 * answer, forges what it can forge (it knows the relying parties' keys and the server's), or does one thing behind the
 * counter. Nothing in the product knows of it.
 */
export interface Variant {
	/** What is wrong with it, as a line of the page. */
	what: string
	/** One for each run: what it remembers dies with the run. */
	intermediary?(book: Book): Intermediary
	/** Changes what the server sends out by itself, such as logout tokens. */
	outgoing?(book: Book): Intermediary
}

export type Next = (request: Request) => Promise<Response>
export type Intermediary = (request: Request, next: Next) => Promise<Response>
