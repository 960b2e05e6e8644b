"""A relying party as agencies wrote it for ThaID: Authlib and Flask, no PKCE, the secret by Basic, everything that
there is to know in one id_token, and paths that are written down. To come over, one line changes: THAID.

    pip install -r ../authlib/requirements.txt
    THAID=http://localhost:8787 CLIENT_SECRET=… SESSION_KEY=… flask run --port 8788

Whoever builds anew takes examples/authlib instead.
"""

import os
from datetime import datetime, timezone

import requests
from authlib.integrations.base_client.errors import OAuthError
from authlib.integrations.flask_client import OAuth
from flask import Flask, redirect, session

# It was https://imauth.bora.dopa.go.th.
THAID = os.environ.get("THAID", "http://localhost:8787")
CLIENT_ID = os.environ.get("CLIENT_ID", "thaid-python")
CLIENT_SECRET = os.environ["CLIENT_SECRET"]
BASE_URL = os.environ.get("BASE_URL", "http://localhost:8788")
SCOPES = (
    "openid pid name name_en title title_en given_name middle_name family_name given_name_en middle_name_en "
    "family_name_en birthdate gender address ial smartcard_code date_of_expiry date_of_issuance"
)

app = Flask(__name__)
app.secret_key = os.environ["SESSION_KEY"]
app.config.update(SESSION_COOKIE_SAMESITE="Lax", SESSION_COOKIE_SECURE=BASE_URL.startswith("https:"))
thaid = OAuth(app).register(
    "thaid",
    server_metadata_url=THAID + "/.well-known/openid-configuration",
    client_id=CLIENT_ID,
    client_secret=CLIENT_SECRET,
    client_kwargs={"scope": SCOPES},
)


def post(path, **form):
    """The paths of ThaID's manual, with their slash."""
    return requests.post(THAID + "/api/v2/oauth2/" + path + "/", data=form, auth=(CLIENT_ID, CLIENT_SECRET), timeout=10)


@app.get("/")
def home():
    if "token" not in session:
        return redirect("/sign-in")
    token = session["token"]
    citizen = token["userinfo"]
    return {
        "citizen": citizen,
        # An instant, not a duration.
        "until": datetime.fromtimestamp(token["expires_in"], timezone.utc).isoformat(),
        "signed_in": datetime.fromtimestamp(citizen["auth_time"], timezone.utc).isoformat(),
        "version": citizen["version"],
        "at_hash": citizen["at_hash"],
    }


@app.get("/sign-in")
def sign_in():
    return thaid.authorize_redirect(BASE_URL + "/callback")


@app.get("/callback")
def callback():
    try:
        # The whole answer goes into Flask's cookie, which holds 4 kB.
        session["token"] = thaid.authorize_access_token()
    except OAuthError as error:
        return {"error": error.error}, 403
    return redirect("/")


@app.get("/inspect")
def inspect():
    return post("introspect", token=session["token"]["access_token"]).json()


@app.get("/refresh")
def refresh():
    form = {"grant_type": "refresh_token", "refresh_token": session["token"]["refresh_token"]}
    answer = post("token", **form).json()
    session["token"] = {**session["token"], **answer}
    return {"scope": answer["scope"], "id_token": "id_token" in answer}


@app.get("/sign-out")
def sign_out():
    token = session.pop("token", None)
    return post("revoke", token=token["access_token"]).json() if token else {}
