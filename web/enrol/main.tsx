import '../ui/styles/index.css'
import { startPage } from '../lib/start.tsx'
import { loadRestOfErrorWords } from '../words/errors/index.ts'
import { EnrolPage } from './EnrolPage.tsx'

void loadRestOfErrorWords().catch(() => undefined)
startPage(() => <EnrolPage />)
