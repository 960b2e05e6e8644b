import { testPlan } from '../kit/plan-tests.ts'
import { fapi2 } from './index.ts'

await testPlan(fapi2, 56)
