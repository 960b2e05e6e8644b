import '../ui/styles/index.css'
import './sign-in.css'
import { startPage } from '../lib/start.tsx'
import { PhonePage } from './PhonePage.tsx'

startPage(() => <PhonePage />)
