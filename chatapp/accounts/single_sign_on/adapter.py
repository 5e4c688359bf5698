"""Decide, in allauth's flow, whose sign-in this is."""

from typing import Any, NoReturn

from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from allauth.socialaccount.providers.base.constants import AuthError
from django.http import HttpRequest
from requests import RequestException

from chatapp.accounts.single_sign_on.http import LimitedSession
from chatapp.accounts.single_sign_on.joining import link_of
from chatapp.accounts.single_sign_on.provider import Provider
from chatapp.accounts.single_sign_on.refusals import Reason, Refused


class SingleSignOnAdapter(DefaultSocialAccountAdapter):
    def get_provider(
        self, request: HttpRequest, provider: str, client_id: str | None = None
    ) -> Provider:
        """Return the only provider that there is, the configured one."""
        return Provider(request)

    def get_requests_session(self) -> LimitedSession:
        return LimitedSession()

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        return False  # `pre_social_login` adds who may join

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Let the sign-in be that of the person to whom the identity belongs. Raises Refused."""
        if not sociallogin.account.pk:
            sociallogin.account = link_of(
                request, sociallogin.identity, sociallogin.state.get("data") or ""
            )
            sociallogin.user = sociallogin.account.user
        if not sociallogin.user.is_active:
            raise Refused(Reason.INACTIVE, email=sociallogin.user.email)

    def on_authentication_error(
        self,
        request: HttpRequest,
        provider: Provider,
        error: Any = None,
        exception: Exception | None = None,
        extra_context: dict[str, Any] | None = None,
    ) -> NoReturn:
        """Refuse with our sentence. The text of the exception may have a token."""
        if error == AuthError.CANCELLED:
            raise Refused(Reason.CANCELLED)
        if isinstance(exception, RequestException):
            raise Refused(Reason.UNREACHABLE, type(exception).__name__) from exception
        if "state" not in (extra_context or {}):
            raise Refused(Reason.EXPIRED)
        raise Refused(Reason.PROVIDER_REFUSED, type(exception).__name__ if exception else "")
