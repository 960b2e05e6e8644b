import '../ui/styles/index.css'
import '../ui/styles/desk.css'
import './office.css'
import { startPage } from '../lib/start.tsx'
import { loadRestOfErrorWords } from '../words/errors/index.ts'
import { JoinPage, OfficePage } from './index.ts'

void loadRestOfErrorWords().catch(() => undefined)
startPage(() => (location.pathname === '/office/join' ? <JoinPage /> : <OfficePage />))
