import { testPlan } from '../kit/plan-tests.ts'
import { backchannel } from './index.ts'

await testPlan(backchannel, 2)
