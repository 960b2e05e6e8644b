package agency;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.security.oauth2.client.oidc.userinfo.OidcUserService;
import org.springframework.security.oauth2.client.oidc.web.logout.OidcClientInitiatedLogoutSuccessHandler;
import org.springframework.security.oauth2.client.registration.ClientRegistrationRepository;
import org.springframework.security.oauth2.client.web.DefaultOAuth2AuthorizationRequestResolver;
import org.springframework.security.oauth2.client.web.OAuth2AuthorizationRequestCustomizers;
import org.springframework.security.oauth2.core.oidc.user.OidcUser;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import java.util.Map;

import static org.springframework.security.config.Customizer.withDefaults;

/** A relying party with Spring Security: every page asks for a sign-in, `/` shows who it was. */
@SpringBootApplication
@RestController
public class Agency {
	public static void main(String[] args) {
		SpringApplication.run(Agency.class, args);
	}

	@Bean
	SecurityFilterChain security(HttpSecurity http, ClientRegistrationRepository clients) throws Exception {
		// PKCE also where a secret proves the client: a stolen code is worth nothing.
		var requests = new DefaultOAuth2AuthorizationRequestResolver(clients, "/oauth2/authorization");
		requests.setAuthorizationRequestCustomizer(OAuth2AuthorizationRequestCustomizers.withPkce());
		// Spring asks userinfo only for OpenID's own scopes (profile, email …) unless it is told to.
		var users = new OidcUserService();
		users.setRetrieveUserInfo(request -> true);
		var logout = new OidcClientInitiatedLogoutSuccessHandler(clients);
		logout.setPostLogoutRedirectUri("{baseUrl}/signed-out");
		return http
			.authorizeHttpRequests(pages -> pages.requestMatchers("/signed-out", "/error").permitAll().anyRequest().authenticated())
			.oauth2Login(login -> login
				.authorizationEndpoint(endpoint -> endpoint.authorizationRequestResolver(requests))
				.redirectionEndpoint(endpoint -> endpoint.baseUri("/callback"))
				.userInfoEndpoint(endpoint -> endpoint.oidcUserService(users)))
			// Out of here, then out of the provider; and the provider tells when a session has ended there.
			.logout(out -> out.logoutSuccessHandler(logout))
			.oidcLogout(out -> out.backChannel(withDefaults()))
			.build();
	}

	@GetMapping("/")
	Map<String, Object> whoIsIt(@AuthenticationPrincipal OidcUser user) {
		return user.getClaims();
	}

	@GetMapping("/signed-out")
	String signedOut() {
		return "signed out";
	}
}
