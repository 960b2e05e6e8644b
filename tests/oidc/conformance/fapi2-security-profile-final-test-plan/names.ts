/** How all names of the plan's modules begin. */
export const PREFIX = 'fapi2-security-profile-final'
