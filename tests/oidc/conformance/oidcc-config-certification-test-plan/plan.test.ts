import { testPlan } from '../kit/plan-tests.ts'
import { config } from './index.ts'

await testPlan(config, 1)
