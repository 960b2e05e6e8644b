/** Serves the peer: `node serve.mjs settings.json`. Prints its port when it listens. */
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { createProvider } from './provider.mjs'
import { openStore } from './store.mjs'

const settings = JSON.parse(readFileSync(process.argv[2], 'utf8'))
const provider = createProvider(settings, openStore(settings.database))
createServer(provider.callback()).listen(settings.port, '127.0.0.1', () => console.log('listening'))
