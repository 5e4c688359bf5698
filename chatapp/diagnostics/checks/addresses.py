"""Where requests come from: the address by which wrong passwords are counted."""

from functools import partial

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext, ngettext

from chatapp.diagnostics.results import Result, green, note, set_config, yellow
from chatapp.server.client_address import ClientAddress, client_address


def check_addresses() -> Result:
    """Report the number of trusted proxies; only a request shows whether it is right."""
    found = (
        _proxies()
        + " "
        + gettext("Open the Diagnostics page to see the address that your request comes from.")
    )
    return note(found)


def check_of(request: HttpRequest) -> partial[Result]:
    """Return the check of the address from which this request seems to come."""
    return partial(address_result, client_address(request))


def address_result(seen: ClientAddress) -> Result:
    proxies = settings.TRUSTED_PROXIES
    address = seen.address or gettext("an address that can't be read")
    found = gettext("You appear to come from %s.") % address + " " + _proxies()
    if seen.address and seen.forwarded == proxies:
        return green(found)
    found += " " + ngettext(
        "X-Forwarded-For of your request has %s address.",
        "X-Forwarded-For of your request has %s addresses.",
        seen.forwarded,
    ) % (seen.forwarded)
    fix = gettext(
        "Set CHAT_TRUSTED_PROXIES to the number of proxies between the internet and the app, "
        "including a CDN. If it is too low, everybody shares one limit for wrong passwords; if it "
        "is too high, senders can choose the address that they are counted by. Ignore this if a "
        "proxy in your own network added the address."
    )
    return yellow(found, fix, set_config(f"CHAT_TRUSTED_PROXIES={seen.forwarded}"))


def _proxies() -> str:
    proxies: int = settings.TRUSTED_PROXIES
    if not proxies:
        return gettext("No proxy is trusted.")
    return ngettext("%s proxy is trusted.", "%s proxies are trusted.", proxies) % proxies
