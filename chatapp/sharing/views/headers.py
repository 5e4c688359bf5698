"""Headers of everything below /s/<token>/: no scripts, no search engines, no caches.

The address is the key, so it is never sent to another site as a referrer.
"""

from django.http import HttpResponse
from django.utils.csp import CSP

READ_ONLY = {
    "default-src": [CSP.NONE],
    "script-src": [CSP.NONE],
    **{f"{kind}-src": [CSP.SELF] for kind in ("style", "img", "font")},
    "form-action": [CSP.NONE],
    "base-uri": [CSP.NONE],
    "frame-ancestors": [CSP.NONE],
}
WITH_FORM = READ_ONLY | {"form-action": [CSP.SELF]}


def read_only(response: HttpResponse) -> HttpResponse:
    """Add the headers of a page without a form, or of an image."""
    response._csp_config = READ_ONLY  # type: ignore[attr-defined]
    response["Referrer-Policy"] = "no-referrer"
    return _private(response)


def with_form(response: HttpResponse) -> HttpResponse:
    """Add the headers of a page with a form.

    With "no-referrer" a browser sends "Origin: null" with a form, which the CSRF check refuses.
    These pages link to no other site.
    """
    response._csp_config = WITH_FORM  # type: ignore[attr-defined]
    response["Referrer-Policy"] = "same-origin"
    return _private(response)


def _private(response: HttpResponse) -> HttpResponse:
    response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response
