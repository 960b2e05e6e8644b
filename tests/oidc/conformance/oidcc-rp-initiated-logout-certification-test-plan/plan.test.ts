import { testPlan } from '../kit/plan-tests.ts'
import { rpLogout } from './index.ts'

await testPlan(rpLogout, 11)
