"""A relying party with Authlib and Flask: code flow with PKCE, claims from userinfo.

    pip install -r requirements.txt
    flask run --port 8788
"""

import os

from authlib.integrations.base_client.errors import OAuthError
from authlib.integrations.flask_client import OAuth
from flask import Flask, redirect, session

base_url = os.environ.get("BASE_URL", "http://localhost:8788")

app = Flask(__name__)
# Signs the cookie in which Flask keeps the session.
app.secret_key = os.environ["SESSION_KEY"]
app.config.update(SESSION_COOKIE_SAMESITE="Lax", SESSION_COOKIE_SECURE=base_url.startswith("https:"))

dopa = OAuth(app).register(
    "dopa",
    # All else comes from the discovery document.
    server_metadata_url=os.environ.get("ISSUER", "http://localhost:8787") + "/.well-known/openid-configuration",
    client_id=os.environ.get("CLIENT_ID", "authlib-agency"),
    client_secret=os.environ["CLIENT_SECRET"],
    client_kwargs={"scope": "openid pid name address", "code_challenge_method": "S256"},
)


@app.get("/")
def home():
    return session.get("citizen") or redirect("/sign-in")


@app.get("/sign-in")
def sign_in():
    # Authlib makes state, nonce and the PKCE verifier and keeps them in the session.
    return dopa.authorize_redirect(base_url + "/callback")


@app.get("/callback")
def callback():
    try:
        # Checks state, then the id_token: signature, iss, aud, exp, nonce.
        token = dopa.authorize_access_token()
    except OAuthError as error:
        return {"error": error.error, "error_description": error.description}, 403
    citizen = dopa.userinfo(token=token)
    # OpenID Connect Core §5.3.2: an answer about somebody else is not to be used.
    if citizen["sub"] != token["userinfo"]["sub"]:
        return {"error": "another_subject"}, 502
    session.clear()
    # The tokens themselves stay out of the cookie: it holds 4 kB.
    session["citizen"] = {**citizen, "acr": token["userinfo"]["acr"]}
    return redirect("/")


@app.get("/sign-out")
def sign_out():
    session.clear()
    return {"signed_out": True}
