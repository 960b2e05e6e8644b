import type { Import } from '../kit/imports.ts'
import type { Violation } from '../kit/sources.ts'

/**
 * The rooms, left to right: a room may use what stands left of it. Rooms of one rank do not know each other.
 * `docs/architecture.md` draws the same line.
 */
export const ROOMS: readonly (readonly string[])[] = [
	['lib'],
	['db'],
	['ports'],
	['audit'],
	['notices'],
	['accounts'],
	['oidc'],
	['authn'],
	['proofing'],
	['signing'],
	['services/engine'],
	['services'],
	['rp-admin'],
	['env'],
	['documents', 'error-page', 'pages', 'security', 'streams', 'sweep', 'trpc'],
	['app', 'assets', 'attestation-roots', 'demo'],
	['serve', 'worker'],
]

/** Folders under which nothing is product code that runs: a file there may use any room, by its door. */
const WORKSHOPS = ['tests', 'tools', 'db/seed']

/** Doors beside `index.ts`. The simulator is handed to the app by whoever starts it, and by nobody else. */
const SIDE_DOORS: readonly { door: string; for: (from: string) => boolean }[] = [
	{
		door: 'src/ports/civil-registry/simulator/index.ts',
		for: (from) => from === 'src/serve.ts' || inWorkshop(from),
	},
]

export interface Place {
	/** `accounts`, `ports/civil-registry`, `services/move-in`, `app` … */
	room: string
	rank: number
}

const rankOf = (name: string): number => ROOMS.findIndex((rank) => rank.includes(name))

function inWorkshop(path: string): boolean {
	return WORKSHOPS.some((folder) => path.startsWith(`${folder}/`))
}

/** The room in which a file stands, or `null` where it stands in none. */
export function placeOf(path: string): Place | null {
	const [top, first = '', second = ''] = path.split('/')
	if (top === 'db') return { room: 'db', rank: rankOf('db') }
	if (top !== 'src') return null
	if (first === 'ports' && path.split('/').length > 3) return { room: `ports/${second}`, rank: rankOf('ports') }
	if (first === 'services' && path.split('/').length > 3) {
		const engine = second === 'engine'
		return { room: `services/${second}`, rank: rankOf(engine ? 'services/engine' : 'services') }
	}
	const room = first.replace(/\.tsx?$/, '')
	const rank = rankOf(room)
	return rank < 0 ? null : { room, rank }
}

/** What another room may name: `index.ts`, and in the rooms without a door any file that is meant to be named. */
function isDoor(to: string, place: Place): boolean {
	if (place.room === 'lib') return true
	if (place.room === 'db')
		return /^db\/(client|columns|prepared|unavailable)\.ts$|^db\/schema\/(\w[\w-]*)\.ts$/.test(to)
	if (to === `src/${place.room}.ts`) return true
	return to === `src/${place.room}/index.ts` || to === `src/${place.room}/index.tsx`
}

const at = (wish: Import): string => `${wish.from}:${wish.line}`

function acrossRooms(wish: Import, from: Place, to: Place): Violation[] {
	if (from.room === to.room) return []
	if (from.rank < to.rank) return [`${at(wish)} ${from.room} uses ${to.room}, which stands right of it`]
	if (from.rank === to.rank)
		return [`${at(wish)} ${from.room} and ${to.room} are neighbours and do not know each other`]
	return []
}

function throughTheDoor(wish: Import, to: Place): Violation[] {
	const side = SIDE_DOORS.find((candidate) => candidate.door === wish.to)
	if (side) return side.for(wish.from) ? [] : [`${at(wish)} may not use ${wish.to}: only what starts the app does`]
	return isDoor(wish.to, to) ? [] : [`${at(wish)} reaches past the door of ${to.room} to ${wish.to}`]
}

/** The starters and workshops may open what stands in `db/` beside the schema: migrations, seeds, drivers. */
const mayOpenDb = (from: string): boolean => /^src\/(serve|worker|demo)\.ts$/.test(from) || inWorkshop(from)

/** @param wishes of the files under `src` and `db`. */
export function roomViolations(wishes: readonly Import[]): Violation[] {
	return wishes.flatMap((wish) => {
		if (wish.to === '?') return [`${at(wish)} imports a name that is made at run time: nobody can follow it`]
		const top = wish.to.split('/')[0]
		if (['web', 'tests', 'tools', 'examples'].includes(top ?? '') && wish.to.includes('/') && /\.\w+$/.test(wish.to))
			return wish.from.startsWith(`${top}/`) ? [] : [`${at(wish)} uses ${wish.to}: the product runs without it`]
		const to = placeOf(wish.to)
		if (!to) return wish.to.startsWith('src/') ? [`${at(wish)} uses ${wish.to}, which stands in no room`] : []
		if (inWorkshop(wish.from)) return []
		const from = placeOf(wish.from)
		if (!from) return [`${wish.from} stands in no room`]
		if (from.room === to.room) return []
		const door = to.room === 'db' && mayOpenDb(wish.from) ? [] : throughTheDoor(wish, to)
		return [...acrossRooms(wish, from, to), ...door]
	})
}

/** Files under `src` that stand in no room, whether or not anybody imports them. */
export function homeless(paths: readonly string[]): Violation[] {
	return paths.filter((path) => path.startsWith('src/') && !placeOf(path)).map((path) => `${path} stands in no room`)
}
