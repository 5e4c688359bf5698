"""allauth's OpenID Connect, with a nonce, PKCE, and everything verified that comes back."""

import time
from typing import Any
from urllib.parse import urlsplit

import requests
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialApp, SocialLogin, SocialToken
from allauth.socialaccount.providers.base.constants import AuthProcess
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.http import HttpRequest
from django.urls import reverse
from django.utils.crypto import get_random_string

from chatapp.accounts.single_sign_on import id_token
from chatapp.accounts.single_sign_on.configured import configured
from chatapp.accounts.single_sign_on.identity import Identity
from chatapp.accounts.single_sign_on.refusals import Reason, Refused

NONCE_LENGTH = 32  # characters, 190 bits
DOCUMENT_SECONDS = 600  # how long the provider's description is kept; strangers can ask for it
ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")

_documents: dict[str, tuple[float, dict[str, Any]]] = {}


def configured_app() -> SocialApp:
    """Return the configuration as allauth has it. It isn't stored."""
    provider = configured()
    return SocialApp(
        provider=OpenIDConnectProvider.id,
        provider_id=provider.issuer,  # subjects are only unique for their issuer
        name=provider.name,
        client_id=provider.client_id,
        secret=provider.client_secret,
        settings={"server_url": provider.issuer, "oauth_pkce_enabled": True},
    )


class ProviderAdapter(OpenIDConnectOAuth2Adapter):
    """Talk to the provider. The callback sets `nonce` to the one that the sign-in began with."""

    nonce = ""

    def __init__(self, request: HttpRequest) -> None:
        super().__init__(request, configured().issuer)

    @property
    def openid_config(self) -> dict[str, Any]:
        issuer = configured().issuer
        until, document = _documents.get(issuer, (0.0, {}))
        if time.monotonic() >= until:
            document = _checked(self._fetch(self.get_provider().server_url), issuer)
            _documents[issuer] = time.monotonic() + DOCUMENT_SECONDS, document
        return document

    @property
    def basic_auth(self) -> bool:
        """Return whether the secret goes into a header, the standard's default."""
        methods = self.openid_config.get("token_endpoint_auth_methods_supported")
        return "client_secret_post" not in (methods or ())

    def get_callback_url(self, request: HttpRequest, app: SocialApp) -> str:
        return request.build_absolute_uri(reverse("single-sign-on-callback"))

    def get_access_token_data(self, *args: Any, **options: Any) -> dict[str, Any]:
        try:
            data: dict[str, Any] = super().get_access_token_data(*args, **options)
        except (OAuth2Error, KeyError) as error:  # its text is the provider's answer
            raise Refused(Reason.UNVERIFIABLE, "the code was refused") from error
        if not isinstance(data, dict):
            raise Refused(Reason.UNVERIFIABLE, "the answer for the code is no JSON object")
        return data

    def parse_token(self, data: dict[str, Any]) -> SocialToken:
        return SocialToken(token=str(data["access_token"]))

    def complete_login(
        self, request: HttpRequest, app: SocialApp, token: SocialToken, **kwargs: Any
    ) -> SocialLogin:
        try:
            claims = id_token.verify(
                kwargs["response"].get("id_token"),
                self._fetch(self.openid_config["jwks_uri"]),
                issuer=self.openid_config["issuer"],
                client_id=app.client_id,
                nonce=self.nonce,
            )
        except id_token.InvalidToken as error:
            raise Refused(Reason.UNVERIFIABLE, f"ID token: {error}") from error
        is_complete = {"email", "email_verified"} <= claims.keys()
        if not is_complete and "userinfo_endpoint" in self.openid_config:
            claims |= self._user_info(token.token, claims["sub"])
        return self.get_provider().sociallogin_from_response(request, claims)

    def _user_info(self, access_token: str, subject: str) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {access_token}"}
        found = self._fetch(self.openid_config["userinfo_endpoint"], headers=headers)
        if found.get("sub") != subject:
            raise Refused(Reason.UNVERIFIABLE, "the user info is about somebody else")
        return found

    def _fetch(self, url: str, **options: Any) -> dict[str, Any]:
        """Return a JSON object of the provider. Raises RequestException."""
        with get_adapter().get_requests_session() as session:
            response = session.get(url, **options)
            response.raise_for_status()
            found = response.json()
        if response.status_code != requests.codes.ok or not isinstance(found, dict):
            raise Refused(Reason.UNREACHABLE, "the answer is no JSON object")
        return found


class Provider(OpenIDConnectProvider):
    """The configured provider. Nothing that it says about a person is stored but their subject."""

    oauth2_adapter_class = ProviderAdapter

    def __init__(self, request: HttpRequest) -> None:
        super().__init__(request, app=configured_app())

    def get_oauth2_adapter(self, request: HttpRequest) -> ProviderAdapter:
        return ProviderAdapter(request)

    def begin(self, request: HttpRequest, next_url: str | None, invitation: str) -> str:
        """Remember a sign-in in the session, and return the provider's address for it."""
        nonce = get_random_string(NONCE_LENGTH)
        response = self.redirect(
            request,
            AuthProcess.LOGIN,
            next_url,
            data=invitation,
            auth_params={"nonce": nonce},
            nonce=nonce,
        )
        return str(response["Location"])

    def extract_uid(self, data: dict[str, Any]) -> str:
        return str(data["sub"])

    def extract_extra_data(self, data: dict[str, Any]) -> dict[str, Any]:
        return {}

    def sociallogin_from_response(
        self, request: HttpRequest, response: dict[str, Any]
    ) -> SocialLogin:
        login: SocialLogin = super().sociallogin_from_response(request, {"sub": response["sub"]})
        login.identity = Identity.of(response["sub"], response)
        return login


def _checked(document: dict[str, Any], issuer: str) -> dict[str, Any]:
    """Refuse the description of another provider, and addresses that are none."""
    if str(document.get("issuer")).rstrip("/") != issuer:
        raise Refused(Reason.UNVERIFIABLE, "the document is of another issuer")
    for name in (*ENDPOINTS, "userinfo_endpoint"):
        address = document.get(name, "" if name in ENDPOINTS else issuer)
        scheme = urlsplit(address).scheme if isinstance(address, str) else ""
        if scheme != "https" and scheme != urlsplit(issuer).scheme:
            raise Refused(Reason.UNVERIFIABLE, f"the document has no valid {name}")
    return document
