import { createClient } from '@libsql/client'
import { drizzle } from 'drizzle-orm/libsql'
import { drizzleConfig, prepareClient } from '../../db/client.ts'
import { guessAtOnce } from './pin-guessing.ts'

/** A process of its own that guesses, started by `pin-race.test.ts`: path, account, number, instant, way. */
const [path = '', accountId = '', count = '0', now = '0', way = 'guarded'] = process.argv.slice(2)
const client = createClient({ url: `file:${path}`, concurrency: 1, timeout: 250 })
const db = drizzle(prepareClient(client), drizzleConfig)
await client.execute('SELECT count(*) FROM pins')
console.log('ready')
for await (const _ of console) break
console.log(await guessAtOnce({ db, client }, { accountId, count: Number(count), now: Number(now), way }))
client.close()
