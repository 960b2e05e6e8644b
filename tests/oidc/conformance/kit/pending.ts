/** Modules of features that are being built. */
export const PENDING: readonly string[] = ['oidcc-claims-essential', 'oidcc-refresh-token']
