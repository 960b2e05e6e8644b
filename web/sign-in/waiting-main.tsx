import '../ui/styles/index.css'
import './sign-in.css'
import { startPage } from '../lib/start.tsx'
import { WaitingPage } from './WaitingPage.tsx'

startPage(() => <WaitingPage id={decodeURIComponent(location.pathname.split('/')[2] ?? '')} />)
