"""The two halves of a sign-in: to the provider, and back from it."""

from typing import Any

from allauth.account.utils import get_next_redirect_url
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from django.http import HttpRequest, HttpResponse
from requests import RequestException

from chatapp import background
from chatapp.accounts.single_sign_on.provider import Provider, ProviderAdapter
from chatapp.accounts.single_sign_on.refusals import Reason, Refused

MAX_INVITATION = 200  # characters of a token


def begin(request: HttpRequest) -> str:
    """Return the provider's address for a new sign-in. Raises Refused."""
    provider = Provider(request)
    invitation = request.POST.get("invitation", "")[:MAX_INVITATION]
    background.release_connections()  # the provider may take seconds
    try:
        return provider.begin(request, get_next_redirect_url(request), invitation)
    except RequestException as error:
        raise Refused(Reason.UNREACHABLE, type(error).__name__) from error


def finish(request: HttpRequest) -> HttpResponse:
    """Sign the person in with whom the provider sent this browser back. Raises Refused."""
    view = _Callback()
    view.request, view.adapter = request, ProviderAdapter(request)
    response: HttpResponse = view.dispatch(request)
    return response


class _Callback(OAuth2CallbackView):
    adapter: ProviderAdapter

    def _get_state(self, request: HttpRequest, provider: Provider) -> Any:
        state, response = super()._get_state(request, provider)
        self.adapter.nonce = (state or {}).get("nonce", "")
        background.release_connections()
        return state, response
