"""What can go wrong with a server, in sentences for the owner, the person and the model."""

from __future__ import annotations

import enum
import re
from dataclasses import dataclass

from django.utils.translation import gettext as _

from chatapp.tools.untrusted import plain_line

MAX_BYTES = 8 * 1024 * 1024  # of one answer, streamed or whole


# How a server that signs people in says so (RFC 9728, section 5.1, and what came before it).
OAUTH = re.compile("resource_metadata|authorization_uri|oauth", re.IGNORECASE)


class ServerError(Exception):
    """A server that didn't do what it was asked; `sentence` is for people.

    `is_connection`: the server can't be used at present, which the owner sees.
    `was_interrupted`: the server may have done what it was asked.
    `session_is_lost`: the session can't be used again.
    `was_refused`: the call wasn't run, because its session is unknown.
    """

    def __init__(
        self,
        sentence: str,
        *,
        is_connection: bool = False,
        was_interrupted: bool = False,
        session_is_lost: bool = False,
        was_refused: bool = False,
    ) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.is_connection = is_connection
        self.was_interrupted = was_interrupted
        self.session_is_lost = session_is_lost
        self.was_refused = was_refused


class Fault(enum.Enum):
    """Why the transport has no complete answer."""

    UNREACHABLE = enum.auto()
    UNTRUSTED = enum.auto()  # the certificate is not valid
    TIMEOUT = enum.auto()
    INTERRUPTED = enum.auto()
    TOO_LARGE = enum.auto()
    COMPRESSED = enum.auto()
    OTHER_ORIGIN = enum.auto()


@dataclass(slots=True)
class LastResponse:
    """What the transport received last while it carried one call."""

    status: int = 0
    media_type: str = ""
    location: str = ""  # the target of a redirect
    had_session: bool = False  # whether the request named one
    had_token: bool = False
    challenge: str = ""  # the header WWW-Authenticate
    offers_sse: bool = False  # the address belongs to a server of the protocol of 2024
    fault: Fault | None = None


def error_in(response: LastResponse) -> ServerError | None:
    """Return the error that explains this response, None where HTTP went well."""
    if response.fault:
        return error_for(response.fault)
    # The protocol asks for 404; servers made after a widespread example send 400.
    if response.had_session and response.status in (400, 404):
        sentence = _("The server no longer knows the session of this reply. Try again.")
        return ServerError(sentence, session_is_lost=True, was_refused=True)
    sentence = _explain_status(response)
    return ServerError(sentence, is_connection=True) if sentence else None


def error_for(fault: Fault) -> ServerError:
    # A session survives an interrupted call. The next call shows whether the server knows it.
    return ServerError(
        _explain_fault(fault),
        is_connection=fault not in (Fault.TOO_LARGE, Fault.COMPRESSED),
        was_interrupted=fault is Fault.INTERRUPTED,
        session_is_lost=fault is Fault.UNREACHABLE,
    )


def _explain_fault(fault: Fault) -> str:
    match fault:
        case Fault.UNREACHABLE:
            return _("The server can't be reached. Check its address and that it is running.")
        case Fault.UNTRUSTED:
            return _("The server's certificate is not valid. Renew it, or correct the address.")
        case Fault.TIMEOUT:
            return _("The server took too long to answer. Try again.")
        case Fault.INTERRUPTED:
            return _("The server's answer was interrupted. Try again.")
        case Fault.TOO_LARGE:
            sentence = _("The server's answer is larger than %(megabytes)d MB.")
            return sentence % {"megabytes": MAX_BYTES // 1024 // 1024}
        case Fault.COMPRESSED:
            return _("The server's answer is compressed, which this chat doesn't accept.")
        case Fault.OTHER_ORIGIN:
            return _("The server redirects to another site, which this chat doesn't follow.")


def _explain_status(response: LastResponse) -> str:
    if response.offers_sse:
        return _(
            "This server only speaks the old SSE transport of MCP, which this site doesn't. Look "
            "in its documentation for a “streamable HTTP” address, which often ends in /mcp, or "
            "update it."
        )
    if response.location:
        sentence = _("The server redirects to %(address)s. If that is right, enter that address.")
        return sentence % {"address": plain_line(response.location, 200)}
    if response.status >= 500:
        sentence = _("The server reports an error of its own (HTTP %(status)d). Try again later.")
    elif response.status in (401, 403):
        sentence = _explain_refusal(response)
    elif response.status in (404, 405):
        sentence = _("There is no MCP server at this address (HTTP %(status)d).")
    elif response.status == 429:
        sentence = _("The server accepts no more calls for now (HTTP %(status)d). Try again later.")
    elif response.media_type == "text/html":
        sentence = _("There is no MCP server at this address: it answers with a web page.")
    else:
        return ""
    return sentence % {"status": response.status}


def _explain_refusal(response: LastResponse) -> str:
    if OAUTH.search(response.challenge):
        if response.had_token:
            return _(
                "The server doesn't accept the token (HTTP %(status)d). It signs people in with "
                "OAuth, which this site can't do. Look in the settings of the service for an API "
                "key or personal access token, and enter that."
            )
        return _(
            "The server wants people to sign in with OAuth (HTTP %(status)d), which this site "
            "can't do. If the service also gives out API keys or personal access tokens, enter "
            "one as the token."
        )
    if response.had_token:
        return _(
            "The server doesn't accept the token (HTTP %(status)d). Enter a valid one, and check "
            "in which header the server wants it."
        )
    return _("The server wants a token or API key (HTTP %(status)d). Enter it.")
