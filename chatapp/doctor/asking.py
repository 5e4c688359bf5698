"""Questions to the model service that cost next to nothing, and what its failures mean."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import cast

import httpx
from django.conf import settings
from django.utils.translation import gettext

from chatapp.doctor.commands import config, heroku
from chatapp.doctor.result import Result, note, red, yellow
from chatapp.inference import (
    ChatMessage,
    CompletionRequest,
    HttpTransport,
    ImagePart,
    InferenceError,
    Model,
    TextPart,
    make_http_client,
)
from chatapp.inference.adaptation import OTHER_FIELD
from chatapp.inference.errors import (
    KeyRefused,
    ModelNotAllowed,
    RateLimited,
    RequestRefused,
    Unreachable,
    WrongAddress,
)
from chatapp.inference.probe import Prober, Seen

CALL_SECONDS = 8.0  # the service's own silence is told from a check that hangs
GET_TIMEOUT = httpx.Timeout(4)  # seconds
MAX_BYTES = 256 * 1024

CONNECT = "addons:create heroku-inference:standard"
CONNECT_HERE = "INFERENCE_URL=https://us.inference.heroku.com INFERENCE_KEY=inf-… make run"


async def ask(model: Model, text: str, max_tokens: int, image: str = "") -> Seen:
    """One bare call; a second one only where the app would make one, for the other name of the
    token limit."""
    shown = (ImagePart(image),) if image else ()
    parts = (*shown, TextPart(text))
    request = CompletionRequest(model.id, (ChatMessage("user", parts),), max_tokens)
    async with make_http_client(_transport()) as http:
        prober = Prober(settings.SERVICE, http, seconds=CALL_SECONDS)
        seen = await prober.ask(request, token_field=model.token_field)
        if type(seen.failure) is RequestRefused:
            again = await prober.ask(request, token_field=OTHER_FIELD[model.token_field])
            seen = again if again.accepted else seen
    return seen


async def get(path: str) -> tuple[httpx.Response, bytes]:
    """Reads what the service tells everybody, without the key, MAX_BYTES of it at most.

    Raises httpx.HTTPError.
    """
    async with make_http_client(_transport(), GET_TIMEOUT) as http:
        url = f"{settings.SERVICE.url}{path}"
        async with http.stream("GET", url, headers={"Accept-Encoding": "identity"}) as response:
            chunks = cast("AsyncGenerator[bytes]", response.aiter_raw())
            body = b""
            async with aclosing(chunks):
                async for chunk in chunks:
                    body += chunk
                    if len(body) > MAX_BYTES:
                        break
    return response, body


def date_of(response: httpx.Response) -> datetime | None:
    """What the service's clock says, to the second."""
    try:
        return parsedate_to_datetime(response.headers.get("date", ""))
    except ValueError:
        return None


def nobody() -> Result | None:
    """The line of whoever would ask a service and finds that none is configured."""
    if settings.SERVICE.kind != "none":
        return None
    return note(gettext("There is no model service to ask."))


def trouble(failure: InferenceError) -> Result:
    """The line of a failed call. A service that is merely busy takes the key."""
    found = failure.translated(gettext)
    match failure:
        case RateLimited():
            return yellow(found, gettext("The quota of a minute is used up: run this again."))
        case KeyRefused():
            fix = gettext("Copy the key again: it begins with inf- and has no spaces.")
            return red(found, fix, config("INFERENCE_KEY=inf-…"))
        case WrongAddress():
            return red(found, "", config("INFERENCE_URL=https://us.inference.heroku.com"))
        case ModelNotAllowed():
            fix = gettext("The key of an older plan is good for one model only.")
            return red(found, fix, connecting())
    return red(found, gettext("If it stays so, see whether the service has an incident."))


def same_trouble(failure: InferenceError) -> Result:
    """The line of another failed call: what stops every call is mended in one place."""
    if isinstance(failure, KeyRefused | WrongAddress | ModelNotAllowed | Unreachable):
        return red(gettext(failure.reason), gettext("See the line of the model service."))
    return trouble(failure)


def connecting() -> str:
    return heroku(CONNECT, CONNECT_HERE)


def _transport() -> HttpTransport:
    transport: HttpTransport = settings.HTTP_TRANSPORT
    return transport
