import '../ui/styles/index.css'
import './check.css'
import { startPage } from '../lib/start.tsx'
import { loadRestOfErrorWords } from '../words/errors/index.ts'
import { CheckPage } from './index.ts'

// Most of what can go wrong here is said in those.
void loadRestOfErrorWords().catch(() => undefined)

startPage(() => <CheckPage />)
