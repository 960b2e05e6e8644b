import { fapi2 } from './fapi2-security-profile-final-test-plan/index.ts'
import type { Plan } from './kit/module.ts'
import { backchannel } from './oidcc-backchannel-rp-initiated-logout-certification-test-plan/index.ts'
import { basic } from './oidcc-basic-certification-test-plan/index.ts'
import { config } from './oidcc-config-certification-test-plan/index.ts'
import { rpLogout } from './oidcc-rp-initiated-logout-certification-test-plan/index.ts'

/** The plans of the suite that this provider is made for. */
export const PLANS: readonly Plan[] = [basic, config, rpLogout, backchannel, fapi2]
