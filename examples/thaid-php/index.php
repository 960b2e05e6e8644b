<?php
// A relying party as agencies wrote it for ThaID, in PHP without a library: no PKCE, no nonce, the secret in the body.
// To come over, one line changes: $thaid.
//
//     THAID=http://localhost:8787 CLIENT_SECRET=… php -S localhost:8788 index.php
//
// Whoever builds anew takes a library with PKCE: docs/relying-parties.md has the lines for league/oauth2-client.

// It was https://imauth.bora.dopa.go.th.
$thaid = getenv('THAID') ?: 'http://localhost:8787';
$clientId = getenv('CLIENT_ID') ?: 'thaid-php';
$clientSecret = getenv('CLIENT_SECRET');
$callback = (getenv('BASE_URL') ?: 'http://localhost:8788') . '/callback';

/** A form to one of the paths of ThaID's manual. */
function post(string $url, array $form): array
{
	$context = stream_context_create(['http' => [
		'method' => 'POST',
		'header' => 'content-type: application/x-www-form-urlencoded',
		'content' => http_build_query($form),
		'ignore_errors' => true,
	]]);
	return json_decode(file_get_contents($url, false, $context), true);
}

function answer(array $body, int $status = 200): void
{
	http_response_code($status);
	header('content-type: application/json');
	echo json_encode($body, JSON_UNESCAPED_UNICODE);
}

session_start(['cookie_httponly' => true, 'cookie_samesite' => 'Lax', 'cookie_secure' => str_starts_with($callback, 'https:')]);
$client = ['client_id' => $clientId, 'client_secret' => $clientSecret];

switch (parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH)) {
	case '/sign-in':
		$_SESSION['state'] = bin2hex(random_bytes(16));
		$query = http_build_query([
			'response_type' => 'code',
			'client_id' => $clientId,
			'redirect_uri' => $callback,
			'scope' => 'openid pid name birthdate address',
			'state' => $_SESSION['state'],
		]);
		header("location: $thaid/api/v2/oauth2/auth/?$query");
		break;

	case '/callback':
		$expected = $_SESSION['state'] ?? '';
		unset($_SESSION['state']);
		if ($expected === '' || !hash_equals($expected, $_GET['state'] ?? '')) {
			answer(['error' => 'no sign-in was begun in this browser'], 400);
			break;
		}
		if (isset($_GET['error'])) {
			answer(['error' => $_GET['error'], 'error_description' => $_GET['error_description'] ?? ''], 403);
			break;
		}
		$token = post("$thaid/api/v2/oauth2/token/", $client + [
			'grant_type' => 'authorization_code',
			'code' => $_GET['code'],
			'redirect_uri' => $callback,
		]);
		if (isset($token['error'])) {
			answer($token, 502);
			break;
		}
		// OpenID Connect Core §3.1.3.7: TLS says who sent it; what stands in it still has to be for us, and fresh.
		$citizen = json_decode(base64_decode(strtr(explode('.', $token['id_token'])[1], '-_', '+/')), true);
		if ($citizen['iss'] !== $thaid || $citizen['aud'] !== $clientId || $citizen['exp'] < time()) {
			answer(['error' => 'an id_token that is not ours'], 502);
			break;
		}
		// A new session for a new right.
		session_regenerate_id(true);
		$_SESSION['citizen'] = $citizen;
		$_SESSION['token'] = $token['access_token'];
		header('location: /');
		break;

	case '/inspect':
		// As the manual writes it: the scheme's word stands before the token.
		answer(post("$thaid/api/v2/oauth2/introspect/", $client + ['token' => 'Bearer ' . ($_SESSION['token'] ?? '')]));
		break;

	case '/':
		isset($_SESSION['citizen']) ? answer($_SESSION['citizen']) : header('location: /sign-in');
		break;

	default:
		answer(['error' => 'there is no such page'], 404);
}
