import { join, normalize } from 'node:path'
import type { Assets } from './pages.ts'

/** The built front end from a directory, under Bun. What lies outside of it is not there. */
export function assetsFrom(directory: string): Assets {
	return async (path) => {
		const relative = normalize(path)
		if (relative.includes('..') || relative.includes('\0')) return null
		try {
			const file = Bun.file(join(directory, relative))
			return (await file.exists()) ? new Response(file) : null
		} catch {
			// A name that no file system takes is a file that is not there.
			return null
		}
	}
}
