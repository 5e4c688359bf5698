"""Calls to the model service that cost next to nothing, and what their failures mean."""

import asyncio
import logging
from collections.abc import AsyncGenerator
from contextlib import aclosing
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import cast

import django.db
import httpx
from django.conf import settings
from django.utils.translation import gettext

from chatapp.diagnostics import calls_in_line
from chatapp.diagnostics.results import Result, heroku, note, red, set_config, yellow
from chatapp.diagnostics.runner import asked_by, in_own_thread
from chatapp.inference import (
    CompletionRequest,
    HttpTransport,
    InferenceError,
    Model,
    make_http_client,
)
from chatapp.inference.adaptation import adapt
from chatapp.inference.context_window import estimate, estimate_text
from chatapp.inference.errors import (
    BudgetUsedUp,
    KeyRefused,
    ModelNotAllowed,
    ModelNotOffered,
    RateLimited,
    Unreachable,
    WrongAddress,
)
from chatapp.inference.listing import ListedModel, fetch_listing
from chatapp.inference.prepared import prepare
from chatapp.inference.probe import Prober, Seen
from chatapp.replies import learning
from chatapp.replies.accounting import Call, CallUsage, NewCall, ledger

MAX_CHANGES = 2  # of one request, all within the time of a check
CALL_SECONDS = 7.0  # less than a check has, so that the sentence names the service
RECORD_SECONDS = 1.0  # for the database before a call, and again after it
GET_TIMEOUT = httpx.Timeout(4)  # seconds
MAX_BYTES = 256 * 1024
SENTENCE_ENDS = (".", "!", "?", "…", "。")

logger = logging.getLogger(__name__)

ADD_SERVICE = "addons:create heroku-inference:standard"
SET_SERVICE = "INFERENCE_URL=https://us.inference.heroku.com INFERENCE_KEY=inf-… make run"


async def ask(model: Model, request: CompletionRequest) -> Seen:
    """Send one request without retries. Like the app, change it when it is refused: send the other
    name of the token limit, or the other spelling of the model's id. Raises CapReached."""
    call = await _begin(request)
    seen = await calls_in_line.made(request, asked_by.get(), lambda: _ask(model, request))
    if call:
        await _settle(call, seen)
    return seen


async def _ask(model: Model, request: CompletionRequest) -> Seen:
    prepared = prepare(request, model, learning.known(model.id))
    async with make_http_client(_transport()) as http:
        prober = Prober(settings.SERVICE, http, seconds=CALL_SECONDS)
        seen = first = await prober.ask(prepared.request, token_field=prepared.token_field)
        for _change in range(MAX_CHANGES):
            changed = adapt(prepared, seen.failure) if seen.failure and not seen.accepted else None
            if changed is None:
                break
            prepared = changed
            seen = await prober.ask(prepared.request, token_field=prepared.token_field)
    return seen if seen.accepted else first


async def _begin(request: CompletionRequest) -> Call | None:
    """Record the call; None without a database, because the service is to be checked all the
    same."""
    new = NewCall("diagnostics", request, person=asked_by.get())
    try:
        async with asyncio.timeout(RECORD_SECONDS):
            return await in_own_thread(lambda: ledger().begin(new))
    except (django.db.Error, TimeoutError) as error:
        logger.warning("A call of diagnostics isn't recorded: %s", type(error).__name__)
        return None


async def _settle(call: Call, seen: Seen) -> None:
    usage, output = calls_in_line.reported(seen), seen.reasoning + seen.text
    used = CallUsage()
    if usage:
        used = CallUsage.reported(usage)
    elif output:
        tokens = estimate(call.request), estimate_text(output)
        used = CallUsage(*tokens, is_estimated=True)
    try:
        async with asyncio.timeout(RECORD_SECONDS):
            await in_own_thread(lambda: ledger().settle([(call, used)]))
    except (django.db.Error, TimeoutError) as error:
        logger.warning("A call of diagnostics isn't settled: %s", type(error).__name__)


async def get(path: str) -> tuple[httpx.Response, bytes]:
    """Read a public page of the service without the key, at most MAX_BYTES of it.

    Raise httpx.HTTPError.
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


async def list_models() -> list[ListedModel]:
    async with make_http_client(_transport(), GET_TIMEOUT) as http:
        return await fetch_listing(settings.SERVICE, http)


def date_of(response: httpx.Response) -> datetime | None:
    """Return the time of the service's clock, in whole seconds."""
    try:
        return parsedate_to_datetime(response.headers.get("date", ""))
    except ValueError:
        return None


def not_configured() -> Result | None:
    """Return the result of a check that needs a model service when there is none."""
    if settings.SERVICE.kind != "none":
        return None
    return note(gettext("Not checked, because no model service is configured."))


def explain(failure: InferenceError) -> Result:
    """Return the result of a failed call. A service that is only busy has accepted the key."""
    found = failure.translated(gettext)
    if failure.detail and not failure.detail.endswith(SENTENCE_ENDS):
        found += "."  # the words of the service end it, and the cure follows
    match failure:
        case RateLimited():
            fix = gettext("This minute's quota is used up. Run the checks again in a minute.")
            return yellow(found, fix)
        case KeyRefused():
            fix = gettext("Copy the key again: it begins with inf- and has no spaces.")
            return red(found, fix, set_config("INFERENCE_KEY=inf-…"))
        case WrongAddress():
            return red(found, "", set_config("INFERENCE_URL=https://us.inference.heroku.com"))
        case BudgetUsedUp():
            fix = gettext("Raise the limit or add credit where the key comes from.")
            return red(gettext(failure.reason), fix)
        case ModelNotOffered():
            fix = gettext("See “Models” for what the service lists, and change CHAT_MODELS.")
            return red(found, fix)
        case ModelNotAllowed():
            fix = gettext("A key of an older plan works with one model only. Add the newer plan.")
            return red(found, fix, connect_command())
    fix = gettext("If it lasts, see whether the service reports an incident.")
    return red(found, fix)


# Failures that stop every call.
WHATEVER_IS_ASKED = (
    KeyRefused | WrongAddress | ModelNotAllowed | ModelNotOffered | BudgetUsedUp | Unreachable
)


def explain_again(failure: InferenceError) -> Result:
    """Return the result of another failed call. What stops every call is fixed in one place."""
    if isinstance(failure, WHATEVER_IS_ASKED):
        return red(gettext(failure.reason), gettext("See “Model service”."))
    return explain(failure)


def connect_command() -> str:
    """Return the command that connects the app to a model service."""
    return heroku(ADD_SERVICE, SET_SERVICE)


def _transport() -> HttpTransport:
    transport: HttpTransport = settings.HTTP_TRANSPORT
    return transport
