import '../ui/styles/index.css'
import '../sign-in/sign-in.css'
import './citizen.css'
import { startAppShell } from '../lib/app-shell.ts'
import { startPage } from '../lib/start.tsx'
import { CardPage, InboxPage, ScanPage } from './index.ts'

const PAGES: Record<string, typeof CardPage> = { '/inbox': InboxPage, '/scan': ScanPage }
const Page = PAGES[location.pathname] ?? CardPage

startPage(() => <Page />)
void startAppShell()
