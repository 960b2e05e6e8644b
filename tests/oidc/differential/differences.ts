/** Where we answer otherwise than `oidc-provider`, and by which words of the specifications. */
export interface Difference {
	title: string
	/** What the specification says. */
	words: string
	source: string
	cases: readonly {
		/** Of the names of the requests. */
		rows: RegExp
		ours: string
		peer: string
	}[]
}

export const DIFFERENCES: readonly Difference[] = [
	{
		title: 'A redirect URI that is not registered',
		words:
			'«In those cases where Section 4.1.2.1 of RFC 6749 prohibits automatic redirection with an error back to the requesting client and hence doesn’t define an error code, […] the "invalid_request" error code can be used as the default error code.» `invalid_redirect_uri` is a code of client registration (RFC 7591 §3.2.2).',
		source: 'RFC 9126 §2.3',
		cases: [
			{
				rows: /^authorize, oidc: (redirect_uri (with|of)|a wrong .* redirect_uri of somebody else)/,
				ours: 'page invalid_request',
				peer: 'page invalid_redirect_uri',
			},
			{
				rows: /^par, .*: a wrong response_type beside a redirect_uri of somebody else/,
				ours: '400 invalid_request',
				peer: '400 unsupported_response_type',
			},
		],
	},
	{
		title: 'A parameter that comes twice at the authorization endpoint',
		words:
			'«Request and response parameters MUST NOT be included more than once.» Nobody can say which of the two is meant, and another reader of the same request may take the other one: we tell the person, and nothing travels.',
		source: 'RFC 6749 §3.1',
		cases: [
			{
				rows: /^authorize, oidc: (?!redirect_uri)\w+ twice with/,
				ours: 'page invalid_request',
				peer: 'redirect invalid_request',
			},
		],
	},
	{
		title: 'Credentials that cannot be read',
		words:
			'«invalid_client: Client authentication failed (e.g., unknown client, no client authentication included, or unsupported authentication method). […] If the client attempted to authenticate via the "Authorization" request header field, the authorization server MUST respond with an HTTP 401 (Unauthorized) status code».',
		source: 'RFC 6749 §5.2',
		cases: [
			{
				rows: /^(par|token|refresh|introspect|revoke), oidc: (in it, (?!an unknown id)|an empty secret|the right credentials, the colon lost)/,
				ours: '401 invalid_client',
				peer: '400 invalid_request',
			},
		],
	},
	{
		title: 'A client_id that contradicts the credentials',
		words:
			'«If present, the value of the "client_id" parameter MUST identify the same client as is identified by the client assertion.» (and RFC 6749 §5.2: «invalid_client: Client authentication failed»).',
		source: 'RFC 7521 §4.2',
		cases: [
			{
				rows: /^((par|token|refresh|introspect|revoke), \w+: another client's client_id beside the proof|par, oidc: in it, an unknown id)/,
				ours: '401 invalid_client',
				peer: '400 invalid_request',
			},
		],
	},
	{
		title: 'The secret by another way than the registered one',
		words:
			'«token_endpoint_auth_method: String indicator of the requested authentication method for the token endpoint.» A client registered for the header is one that keeps its secret out of bodies.',
		source: 'RFC 7591 §2',
		cases: [
			{
				rows: /^(par|token|refresh|introspect|revoke), oidc: the right secret in the body/,
				ours: '401 invalid_client',
				peer: 'accepted',
			},
		],
	},
	{
		title: 'A response_type that is not served',
		words:
			'«If an authorization request is missing the "response_type" parameter, or if the response type is not understood, the authorization server MUST return an error response as described in Section 4.1.2.1», where the code is `unsupported_response_type`; and PAR takes «the appropriate error code from therein or from Section 4.1.2.1» (RFC 9126 §2.3). `code code` is no registered value.',
		source: 'RFC 6749 §3.1.1',
		cases: [
			{
				rows: /^authorize, oidc: response_type «(id_token|code id_token|none)»/,
				ours: 'redirect unsupported_response_type',
				peer: 'redirect invalid_request',
			},
			{
				rows: /^par, \w+: response_type «(id_token|code id_token|none)»/,
				ours: '400 unsupported_response_type',
				peer: '400 invalid_request',
			},
			{
				rows: /^authorize, oidc: response_type «code code»/,
				ours: 'redirect unsupported_response_type',
				peer: 'accepted',
			},
			{
				rows: /^par, \w+: response_type «code code»/,
				ours: '400 unsupported_response_type',
				peer: 'accepted',
			},
		],
	},
	{
		title: 'A response_mode that is not served',
		words:
			'«invalid_request: The request […] includes an invalid parameter value» (RFC 6749 §4.1.2.1): no specification has a code `unsupported_response_mode`. And a code in a fragment is not offered at all: «the default Response Mode for the OAuth 2.0 code Response Type is the query encoding».',
		source: 'OAuth 2.0 Multiple Response Type Encoding Practices §2.1, §5',
		cases: [
			{
				rows: /^authorize, oidc: response_mode «(web_message|QUERY|query query|none)»/,
				ours: 'redirect invalid_request',
				peer: 'redirect unsupported_response_mode',
			},
			{
				rows: /^par, \w+: response_mode «(web_message|QUERY|query query|none)»/,
				ours: '400 invalid_request',
				peer: '400 unsupported_response_mode',
			},
			{
				rows: /^authorize, oidc: response_mode «fragment/,
				ours: 'redirect invalid_request',
				peer: 'accepted',
			},
			{ rows: /^par, \w+: response_mode «fragment/, ours: '400 invalid_request', peer: 'accepted' },
		],
	},
	{
		title: 'A request without the scope openid',
		words:
			'«If the client omits the scope parameter when requesting authorization, the authorization server MUST either process the request using a pre-defined default value or fail the request indicating an invalid scope.»',
		source: 'RFC 6749 §3.3',
		cases: [
			{
				rows: /^authorize, oidc: (no scope|a scope without openid|scope OPENID)/,
				ours: 'redirect invalid_scope',
				peer: 'redirect invalid_request',
			},
			{
				rows: /^par, \w+: (no scope|a scope without openid|scope OPENID)/,
				ours: '400 invalid_scope',
				peer: '400 invalid_request',
			},
		],
	},
	{
		title: 'Numbers that only look like numbers, and texts without end',
		words:
			'«max_age: Specifies the allowable elapsed time in seconds»: digits, and fewer than ten of them. «code_challenge = BASE64URL-ENCODE(SHA256(ASCII(code_verifier)))» has 43 characters (RFC 7636 §4.2). `state` and `nonce` are stored and echoed, so they have a longest length: 2,048 and 512; FAPI 2.0 §5.3.2.2 asks for 64 of `nonce`.',
		source: 'OpenID Connect Core §3.1.2.1',
		cases: [
			{
				rows: /^authorize, oidc: (max_age «(1e3|0x10| 60|9999999999)»|a state of 2,049|a nonce of 513|a code_challenge a character long)/,
				ours: 'redirect invalid_request',
				peer: 'accepted',
			},
			{
				rows: /^par, \w+: (max_age «(1e3|0x10| 60|9999999999)»|a state of 2,049|a nonce of 513|a code_challenge a character long)/,
				ours: '400 invalid_request',
				peer: 'accepted',
			},
		],
	},
	{
		title: 'A request_uri of the client’s own',
		words:
			'«the authorization server MUST only use the parameters in the Request Object, even if the same parameter is provided in the query parameter» (RFC 9101 §6.3): the redirect_uri beside a request_uri is not one to trust, so the person is told. We fetch none (§10.4.1), and discovery says so.',
		source: 'RFC 9101 §6.3, §10.4.1',
		cases: [
			{
				rows: /^authorize, oidc: request_uri=/,
				ours: 'page request_uri_not_supported',
				peer: 'redirect request_uri_not_supported',
			},
		],
	},
	{
		title: 'A request_uri that is pushed',
		words:
			'«Reject the request if the "request_uri" authorization request parameter is provided.»; «invalid_request: The request […] includes an unsupported parameter value» (RFC 6749 §5.2).',
		source: 'RFC 9126 §2.1',
		cases: [{ rows: /^par, \w+: request_uri=/, ours: '400 invalid_request', peer: '400 request_uri_not_supported' }],
	},
	{
		title: 'Another client’s request_uri',
		words:
			'«invalid_request_uri: The "request_uri" in the Authorization Request returns an error or contains invalid data.» Whose it is, is not told: it is answered as one that nobody pushed.',
		source: 'RFC 9101 §7, RFC 9126 §2.2',
		cases: [
			{
				rows: /^authorize, \w+: (another client's request_uri|a request_uri by another client's client_id)/,
				ours: 'page invalid_request_uri',
				peer: 'page invalid_request_object',
			},
		],
	},
	{
		title: 'A code_verifier that is malformed',
		words:
			'«If the values are not equal, an error response indicating "invalid_grant" […] MUST be returned.» One that no challenge could have been made from is not equal to it either.',
		source: 'RFC 7636 §4.6',
		cases: [
			{
				rows: /^token, \w+: a code_verifier: (too short|too long|of letters beyond|with a space)/,
				ours: '400 invalid_grant',
				peer: '400 invalid_request',
			},
		],
	},
	{
		title: 'A body that is no form, or too long',
		words:
			'«The 415 (Unsupported Media Type) status code indicates that the origin server is refusing to service the request because the content is in a format not supported by this method on the target resource»; 413 (Content Too Large) is the status of the other. The code is the same.',
		source: 'RFC 9110 §15.5.14, §15.5.16',
		cases: [
			{
				rows: /^(par|token), \w+: (JSON|no content type|multipart) /,
				ours: '415 invalid_request',
				peer: '400 invalid_request',
			},
			{
				rows: /^(par|token), \w+: 70,000 letters more/,
				ours: '413 invalid_request',
				peer: '400 invalid_request',
			},
		],
	},
	{
		title: 'A method that is not served',
		words:
			'«The 405 (Method Not Allowed) status code indicates that the method received in the request-line is known by the origin server but not supported by the target resource. The origin server MUST generate an Allow header field».',
		source: 'RFC 9110 §15.5.6',
		cases: [{ rows: /: the method (GET|PUT|DELETE|PATCH)/, ours: '405 invalid_request', peer: '404' }],
	},
	{
		title: 'Userinfo without a token that can be read',
		words:
			'«If the protected resource request does not include authentication credentials or does not contain an access token that enables access to the protected resource, the resource server MUST include the HTTP "WWW-Authenticate" response header field»: 401, whatever else the header holds. «If the request lacks any authentication information […], the resource server SHOULD NOT include an error code»: `invalid_token` is said of a token that came.',
		source: 'RFC 6750 §3, §3.1',
		cases: [
			{
				rows: /^userinfo, oidc: (no token|the scheme alone|Basic|two tokens|the token in the query)/,
				ours: '401 invalid_request',
				peer: '400 invalid_request',
			},
			{
				rows: /^userinfo, oidc: (no Authorization header|letters that no token has)/,
				ours: '401 invalid_request',
				peer: '401 invalid_token',
			},
		],
	},
	{
		title: 'Tokens that are bound to a key, without its proof',
		words:
			'«the authorization server MUST reject token requests from the client that do not contain the DPoP header» (§5.2), where what is wrong is the proof and not the grant. «such a protected resource MUST reject a DPoP-bound access token received as a bearer token» (§7.2): the token is not good as it came, which RFC 6750 §3.1 calls `invalid_token`, with 401 and a challenge.',
		source: 'RFC 9449 §5.2, §7.1, §7.2',
		cases: [
			{
				rows: /^(token|refresh), fapi2: no proof/,
				ours: '400 invalid_dpop_proof',
				peer: '400 invalid_grant',
			},
			{
				rows: /^userinfo, fapi2: no proof/,
				ours: '401 invalid_dpop_proof',
				peer: '400 invalid_request',
			},
			{
				rows: /^userinfo, (oidc: the token by the scheme DPoP|fapi2: the token by the scheme Bearer \()/,
				ours: '401 invalid_token',
				peer: '400 invalid_request',
			},
		],
	},
	{
		title: 'A refresh token with the proof of another key',
		words:
			'«Refresh tokens issued to confidential clients […] are not bound to the DPoP proof public key because they are already sender-constrained with a different existing mechanism.» Under `fapi2` ours are bound to both: whoever took the client’s own key needs the key of its proofs as well. A client that changes that key asks the citizen anew.',
		source: 'RFC 9449 §5',
		cases: [{ rows: /^refresh, fapi2: another key/, ours: '400 invalid_grant', peer: 'accepted' }],
	},
	{
		title: 'A claims parameter whose members are of another kind',
		words:
			'«essential: […] Indicates whether the Claim being requested is an Essential Claim. If the value is true, […]. values: […] Requests that the Claim be returned with one of a set of values, with the values appearing in order of preference»: true is no text, and a set no single value.',
		source: 'OpenID Connect Core §5.5.1',
		cases: [
			{
				rows: /^authorize, oidc: for claims, (essential that is a text|values that are no list)/,
				ours: 'redirect invalid_request',
				peer: 'accepted',
			},
			{
				rows: /^par, \w+: for claims, (essential that is a text|values that are no list)/,
				ours: '400 invalid_request',
				peer: 'accepted',
			},
		],
	},
	{
		title: 'An essential acr that nobody can reach',
		words:
			'«If this is an Essential Claim and the requirement cannot be met, then the Authorization Server MUST treat that outcome as a failed authentication attempt.» Where it is known at once, it is said at once, by the code of OpenID Connect Core Error Code unmet_authentication_requirements 1.0.',
		source: 'OpenID Connect Core §5.5.1.1',
		cases: [
			{
				rows: /^authorize, oidc: an essential acr that nobody knows/,
				ours: 'redirect unmet_authentication_requirements',
				peer: 'accepted',
			},
			{
				rows: /^par, \w+: an essential acr that nobody knows/,
				ours: '400 unmet_authentication_requirements',
				peer: 'accepted',
			},
		],
	},
	{
		title: 'authorization_details that ask for nothing',
		words:
			'«The request parameter authorization_details contains, in JSON notation, an array of objects. Each JSON object contains the data to specify the authorization requirements for a certain type of resource»: an empty list specifies none, and so is a mistake of whoever sent it.',
		source: 'RFC 9396 §2',
		cases: [
			{
				rows: /^authorize, oidc: for authorization_details, an empty list/,
				ours: 'redirect invalid_authorization_details',
				peer: 'accepted',
			},
			{
				rows: /^par, \w+: for authorization_details, an empty list/,
				ours: '400 invalid_authorization_details',
				peer: 'accepted',
			},
		],
	},
	{
		title: 'A dpop_jkt that is no thumbprint, a display that is none',
		words:
			'«The value of the dpop_jkt authorization request parameter is the JWK Thumbprint [RFC 7638] of the proof-of-possession public key using the SHA-256 hash function»: 43 letters of base64url; a code for another text could never be used. Of `display` there are four values (OpenID Connect Core §3.1.2.1). «invalid_request: The request […] includes an invalid parameter value» (RFC 6749 §4.1.2.1).',
		source: 'RFC 9449 §10',
		cases: [
			{
				rows: /^authorize, oidc: (a dpop_jkt of \d+ letters,|display )/,
				ours: 'redirect invalid_request',
				peer: 'accepted',
			},
			{ rows: /^par, \w+: (a dpop_jkt of \d+ letters,|display )/, ours: '400 invalid_request', peer: 'accepted' },
		],
	},
	{
		title: 'A post_logout_redirect_uri from nobody that is known',
		words:
			'«the OP MUST NOT perform post-logout redirection unless the OP has other means of confirming the legitimacy of the post-logout redirection target». A relying party that sends one without saying who it is has a mistake that it should learn of.',
		source: 'RP-Initiated Logout §3',
		cases: [
			{
				rows: /^end_session, \w+: neither id_token_hint nor client_id/,
				ours: 'page invalid_request',
				peer: 'accepted',
			},
		],
	},
	{
		title: 'A claims parameter that asks for nothing',
		words:
			'«userinfo: OPTIONAL. […] id_token: OPTIONAL.» An object with neither is one that a library makes where nothing was wished: it is taken.',
		source: 'OpenID Connect Core §5.5',
		cases: [
			{
				rows: /^authorize, oidc: a claims parameter without members/,
				ours: 'accepted',
				peer: 'redirect invalid_request',
			},
			{ rows: /^par, \w+: a claims parameter without members/, ours: 'accepted', peer: '400 invalid_request' },
		],
	},
]
