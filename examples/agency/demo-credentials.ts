/**
 * The sample agency's credentials at a provider in demo mode, written openly: they protect nothing. A real agency reads
 * its own from a secret store and never commits them.
 */
export const demoCredentials = {
	clientSecret: 'demo-secret-of-sample-agency-for-loopback-only',
	/** For the registration `sample-agency-thaid`. */
	thaidSecret: 'demo-secret-of-sample-agency-thaid-for-loopback-only',
	/** For the registrations `sample-agency-jwt` and `sample-agency-fapi2`. */
	privateJwk: {
		kty: 'EC',
		crv: 'P-256',
		kid: 'sample-agency-demo',
		alg: 'ES256',
		x: 'XvwQ-xfIkxwYBQf-CX7w8N8i8dRrXWGoP0CNdrdBiwQ',
		y: 'uQA5byqdkWKkwg5_Ui6aMG-7n4X9PsZYItPGp9Pq_m4',
		d: 'Hyweh7SOJb_wcGIQV6MvZ4d53FyjAMmxI1aMaxp2qrQ',
	},
}
