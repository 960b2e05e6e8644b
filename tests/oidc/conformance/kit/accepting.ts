import type { Rp } from '../../kit/relying-party.ts'
import { clientAssertion } from './book.ts'
import { AT, at, withParams } from './broken.ts'
import type { Variant } from './variant.ts'

/** A server that takes assertions which it has to refuse: a good one of the first client is put in their place. */
export function accepting(
	what: string,
	when: (assertion: string, params: URLSearchParams, clients: Rp[], now: number) => boolean,
	place: typeof AT.token | typeof AT.par = AT.token,
): Variant {
	return at(place, what, async (request, params, next, book) => {
		const assertion = params.get('client_assertion')
		const clients = [...book.clients.values()]
		const [first] = clients
		if (first && assertion !== null && when(assertion, params, clients, book.now())) {
			params.set('client_id', first.id)
			params.set('client_assertion', await clientAssertion(book, first))
		}
		return next(withParams(request, params))
	})
}
