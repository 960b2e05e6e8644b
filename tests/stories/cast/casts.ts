import { openEdge } from '../../kit/edge.ts'
import { hasSqld, sqldDb } from '../../kit/sqld.ts'
import { openWorld } from '../../kit/world.ts'
import type { Cast } from './cast.ts'
import { chromiumCast } from './chromium-cast.ts'
import { httpCast } from './http-cast.ts'

/** Every way in which a story is played. */
export const casts: readonly { where: string; open(): Promise<Cast> }[] = [
	{
		where: 'in process, libSQL',
		async open() {
			const world = await openWorld()
			return httpCast({ ...world, registry: world.simulator, fetch: world.app.fetch })
		},
	},
	...(hasSqld
		? [
				{
					where: 'libSQL over HTTP',
					async open() {
						const world = await openWorld({ database: await sqldDb() })
						return httpCast({ ...world, registry: world.simulator, fetch: world.app.fetch })
					},
				},
			]
		: []),
	{ where: 'in Chromium', open: chromiumCast },
	{
		where: 'in workerd, D1',
		async open() {
			const edge = await openEdge()
			return httpCast({ ...edge, registry: edge.simulator })
		},
	},
]
