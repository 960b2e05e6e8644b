/** Modules of features that are being built. */
export const PENDING: readonly string[] = [
	'oidcc-claims-essential',
	'oidcc-refresh-token',
	'fapi2-security-profile-final-discovery-end-point-verification',
	'fapi2-security-profile-final-test-claims-parameter-identity-claims',
	'fapi2-security-profile-final-ensure-mismatched-dpop-jkt-fails',
	'fapi2-security-profile-final-ensure-token-endpoint-fails-with-mismatched-dpop-proof-jkt',
	'fapi2-security-profile-final-ensure-token-endpoint-fails-with-mismatched-dpop-jkt',
	'fapi2-security-profile-final-refresh-token',
]
