// A relying party with go-oidc: code flow with PKCE, claims from userinfo.
package main

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/json"
	"log"
	"net/http"
	"os"
	"strings"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

func main() {
	baseURL, listen := setting("BASE_URL", "http://localhost:8788"), setting("LISTEN", "127.0.0.1:8788")

	// All else comes from the discovery document.
	provider, err := oidc.NewProvider(context.Background(), setting("ISSUER", "http://localhost:8787"))
	if err != nil {
		log.Fatal(err)
	}
	config := oauth2.Config{
		ClientID:     setting("CLIENT_ID", "go-agency"),
		ClientSecret: os.Getenv("CLIENT_SECRET"),
		Endpoint:     provider.Endpoint(),
		RedirectURL:  baseURL + "/callback",
		Scopes:       []string{oidc.ScopeOpenID, "pid", "name"},
	}
	verifier := provider.Verifier(&oidc.Config{ClientID: config.ClientID})

	http.HandleFunc("/sign-in", func(w http.ResponseWriter, r *http.Request) {
		state, nonce, pkce := rand.Text(), rand.Text(), oauth2.GenerateVerifier()
		// The three values that tie the answer to this browser.
		http.SetCookie(w, &http.Cookie{
			Name: "attempt", Value: state + "." + nonce + "." + pkce, Path: "/callback", MaxAge: 600,
			HttpOnly: true, Secure: strings.HasPrefix(baseURL, "https:"), SameSite: http.SameSiteLaxMode,
		})
		http.Redirect(w, r, config.AuthCodeURL(state, oidc.Nonce(nonce), oauth2.S256ChallengeOption(pkce)), http.StatusSeeOther)
	})

	http.HandleFunc("/callback", func(w http.ResponseWriter, r *http.Request) {
		answer := r.URL.Query()
		cookie, err := r.Cookie("attempt")
		if err != nil {
			http.Error(w, "no sign-in was begun in this browser", http.StatusBadRequest)
			return
		}
		http.SetCookie(w, &http.Cookie{Name: "attempt", Path: "/callback", MaxAge: -1})
		attempt := strings.Split(cookie.Value, ".")
		if len(attempt) != 3 || subtle.ConstantTimeCompare([]byte(answer.Get("state")), []byte(attempt[0])) != 1 {
			http.Error(w, "another state", http.StatusBadRequest)
			return
		}
		// RFC 9207: an answer of another provider is not to be used. go-oidc leaves this to its user.
		if answer.Has("iss") && answer.Get("iss") != setting("ISSUER", "http://localhost:8787") {
			http.Error(w, "another issuer", http.StatusBadRequest)
			return
		}
		if answer.Has("error") {
			http.Error(w, answer.Get("error"), http.StatusForbidden)
			return
		}
		citizen, err := whoIsIt(r.Context(), provider, config, verifier, answer.Get("code"), attempt[1], attempt[2])
		if err != nil {
			log.Print(err)
			http.Error(w, "sign-in failed", http.StatusBadGateway)
			return
		}
		// Here a real agency opens its session and redirects.
		w.Header().Set("content-type", "application/json")
		_ = json.NewEncoder(w).Encode(citizen)
	})
	log.Fatal(http.ListenAndServe(listen, nil))
}

func whoIsIt(ctx context.Context, provider *oidc.Provider, config oauth2.Config, verifier *oidc.IDTokenVerifier, code, nonce, pkce string) (map[string]any, error) {
	token, err := config.Exchange(ctx, code, oauth2.VerifierOption(pkce))
	if err != nil {
		return nil, err
	}
	raw, _ := token.Extra("id_token").(string)
	idToken, err := verifier.Verify(ctx, raw)
	if err != nil {
		return nil, err
	}
	if idToken.Nonce != nonce {
		return nil, errAnother("nonce")
	}
	userinfo, err := provider.UserInfo(ctx, oauth2.StaticTokenSource(token))
	if err != nil {
		return nil, err
	}
	if userinfo.Subject != idToken.Subject {
		return nil, errAnother("sub")
	}
	citizen := map[string]any{}
	return citizen, userinfo.Claims(&citizen)
}

type errAnother string

func (what errAnother) Error() string { return "another " + string(what) }

func setting(name, otherwise string) string {
	if value := os.Getenv(name); value != "" {
		return value
	}
	return otherwise
}
