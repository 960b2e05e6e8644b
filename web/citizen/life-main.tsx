import '../ui/styles/index.css'
import '../sign-in/sign-in.css'
import './citizen.css'
import { startPage } from '../lib/start.tsx'
import { loadRestOfErrorWords } from '../words/errors/index.ts'
import { LostPage } from './LostPage.tsx'
import { ManagePage } from './ManagePage.tsx'

void loadRestOfErrorWords().catch(() => undefined)
startPage(() => (location.pathname === '/lost' ? <LostPage /> : <ManagePage />))
