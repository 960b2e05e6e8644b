import '../ui/styles/index.css'
import './public.css'
import { startPage } from '../lib/start.tsx'
import { HomePage } from './index.ts'

startPage(() => <HomePage />)
