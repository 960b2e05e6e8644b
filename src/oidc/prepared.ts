import type { Db } from '../../db/client.ts'

/** What is made once for each database: prepared statements, whose texts never change. */
export function onceFor<T>(make: (db: Db) => T): (db: Db) => T {
	const made = new WeakMap<Db, T>()
	return (db) => {
		let it = made.get(db)
		if (it === undefined) {
			it = make(db)
			made.set(db, it)
		}
		return it
	}
}
