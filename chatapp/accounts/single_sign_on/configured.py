"""The provider of the configuration."""

from django.conf import settings
from django.http import Http404

from chatapp.server.oidc_configuration import OpenIDProvider


def configured() -> OpenIDProvider:
    """Return the provider. Raises Http404 without one."""
    if settings.OIDC is None:
        raise Http404
    provider: OpenIDProvider = settings.OIDC
    return provider
