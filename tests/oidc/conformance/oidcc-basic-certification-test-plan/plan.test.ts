import { testPlan } from '../kit/plan-tests.ts'
import { basic } from './index.ts'

await testPlan(basic, 38)
