"""Stream answers over one shared HTTP client, with retries and changed requests before the first
delta."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import aclosing
from dataclasses import replace

import httpx

from chatapp.inference.rate_limits import RateLimits

from .adaptation import adapt, leave_out_suspects, rename
from .call import MAX_REPLY_BYTES, MAX_REPLY_SECONDS, Call, Limits, drain
from .catalog import Model, find_model, known_or_guessed
from .errors import InferenceError, ModelNotAllowed, ModelNotOffered, NotConnected
from .knowledge import Learned, ModelKnowledge
from .listing import fetch_listing, find_listed
from .model_names import is_same_model
from .payload import body_has_images, weight
from .prepared import PreparedRequest, pack, prepare
from .retry import pause as pause_before_retry
from .service import Service
from .stream import CompletionParser
from .types import (
    Adapted,
    CompletionRequest,
    Delta,
    ReasoningDelta,
    TextDelta,
    ToolCallDelta,
    Waiting,
)

# Preparing and encoding a larger request takes 5 ms or more, in which no reply could continue.
MAX_LOOP_CHARACTERS = 150_000
MAX_LOOP_MESSAGES = 300
SHOWN = (TextDelta, ReasoningDelta, ToolCallDelta)  # can't be taken back once yielded


class InferenceClient:
    """Ask one service. Keep one client per process: it learns what the service accepts.

    `rate_limits` are the latest that an answer reported, None before. `catalog` has the models'
    limits; requests for other models are sent as they are. `knowledge` has what was learned about
    them, and gets what this client learns. `sleep` waits before a retry, and
    `chance` returns 0 to 1 for its jitter. `pause` returns the seconds to wait between two reads
    of an answer: one wake-up then serves many tokens.
    """

    def __init__(
        self,
        service: Service,
        http: httpx.AsyncClient,
        *,
        catalog: Mapping[str, Model] | None = None,
        knowledge: ModelKnowledge | None = None,
        prompt_caching: bool = True,
        max_seconds: float = MAX_REPLY_SECONDS,
        max_bytes: int = MAX_REPLY_BYTES,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        chance: Callable[[], float] = random.random,
        pause: Callable[[], float] = float,
    ) -> None:
        self.service = service
        self.rate_limits: RateLimits | None = None
        self._http = http
        self._catalog = catalog or {}
        self._prompt_caching = prompt_caching
        self._limits = Limits(max_seconds, max_bytes)
        self._sleep = sleep
        self._chance = chance
        self._pause = pause
        self.knowledge = knowledge or ModelKnowledge()

    async def stream(self, request: CompletionRequest) -> AsyncGenerator[Delta]:
        """Yield the answer as it arrives, `Finished` last; every failure is an `InferenceError`.

        A failure before the first piece of the answer is handled here: `Adapted` announces a
        changed request, `Waiting` a retry. `max_seconds` and `max_bytes` apply to each call. Leave
        early through `aclosing` or by cancelling: both end the wait or close the connection, which
        ends the work at the service too.
        """
        if self.service.kind == "none":
            raise NotConnected
        prepared = await _off_loop(request, self._prepare, request)
        retries = 0
        while True:
            begun = False
            try:
                prepared, body = await _off_loop(prepared.request, pack, prepared)
                for change in prepared.changes:
                    yield change
                prepared = prepared.without_changes()
                async with aclosing(self._call(prepared, body)) as deltas:
                    async for delta in deltas:
                        if not begun and isinstance(delta, SHOWN):
                            begun = True
                            self._learn(request, prepared)
                            for change in prepared.unproven:
                                yield change
                        yield delta
                return
            except InferenceError as error:
                if begun:
                    raise
                failure = error
            seconds = pause_before_retry(failure, retries, self._chance)
            changed = await self._change(request, prepared, failure, is_last=seconds is None)
            if changed is None and seconds is not None:
                retries += 1
                yield Waiting(seconds, failure.reason)
                await self._sleep(seconds)
            prepared = changed or prepared

    async def complete(self, request: CompletionRequest) -> str:
        """Return the text of a short answer. It streams too: the service drops silent calls."""
        async with aclosing(self.stream(request)) as deltas:
            return "".join([delta.text async for delta in deltas if isinstance(delta, TextDelta)])

    def _prepare(self, request: CompletionRequest) -> PreparedRequest:
        learned = self.knowledge.of(request.model)
        if learned.replacement:
            return self._prepare_replaced(request, learned.replacement)
        return prepare(request, find_model(self._catalog, request.model), learned)

    def _prepare_replaced(self, request: CompletionRequest, model_id: str) -> PreparedRequest:
        """Prepare the request for the model that the service named for a retired one."""
        model = find_model(self._catalog, model_id) or known_or_guessed(model_id)
        replaced = replace(request, model=model_id)
        prepared = prepare(replaced, model, self.knowledge.of(model_id))
        return replace(prepared, unproven=(Adapted("model_replaced", detail=model.label),))

    async def _change(
        self,
        request: CompletionRequest,
        prepared: PreparedRequest,
        failure: InferenceError,
        is_last: bool,
    ) -> PreparedRequest | None:
        """Return a changed request that may succeed, None to try the same again.

        With `is_last` it isn't tried again: parts of it are left out on suspicion, and the failure
        is raised when none is left.
        """
        if isinstance(failure, ModelNotOffered | ModelNotAllowed) and self._unlearn(
            prepared, request
        ):
            return await _off_loop(request, self._prepare, request)
        # Always in a thread: rewriting a long text takes longer than encoding it.
        changed = await asyncio.to_thread(adapt, prepared, failure)
        if changed is None and isinstance(failure, ModelNotOffered):
            changed = await self._replace_model(request, prepared)
        if changed is None and is_last:
            changed = await asyncio.to_thread(leave_out_suspects, prepared, failure)
            if changed is None:
                raise failure
        return changed

    async def _replace_model(
        self, request: CompletionRequest, prepared: PreparedRequest
    ) -> PreparedRequest | None:
        """Return the request for the id or the replacement that the service lists for a model
        that it doesn't know, None if it lists neither."""
        if prepared.known_as != request.model:
            return None  # this is the replacement already
        listed = find_listed(await fetch_listing(self.service, self._http), request.model)
        if listed is None:
            return None
        if listed.replacement and not is_same_model(listed.replacement, request.model):
            return await _off_loop(request, self._prepare_replaced, request, listed.replacement)
        if listed.id in (request.model, prepared.request.model):
            return None  # both were refused
        return rename(prepared, listed.id)

    def _learn(self, request: CompletionRequest, prepared: PreparedRequest) -> None:
        """Learn from an answer that has begun what it took to get it."""
        self.knowledge.learn(prepared.known_as, prepared.learned)
        if prepared.known_as != request.model:
            self.knowledge.learn(request.model, Learned(replacement=prepared.known_as))

    def _unlearn(self, prepared: PreparedRequest, request: CompletionRequest) -> bool:
        """Drop the id that was learned and is refused now; False when it wasn't learned."""
        if prepared.request.model == self.knowledge.of(prepared.known_as).sent_as:
            return self.knowledge.unlearn(prepared.known_as, "sent_as")
        is_replaced = prepared.known_as == self.knowledge.of(request.model).replacement
        return is_replaced and self.knowledge.unlearn(request.model, "replacement")

    async def _call(self, prepared: PreparedRequest, body: bytes) -> AsyncGenerator[Delta]:
        """Make one call and yield the deltas of its answer."""
        parser = CompletionParser(self.service.key, prepared.request.model)
        post = self._http.build_request(
            "POST",
            f"{self.service.url}/v1/chat/completions",
            content=body,
            headers=self._headers(body),
        )
        call = Call(self._http, post, self._limits, self.service.key, self._keep_rate_limits)
        try:
            async with aclosing(call.chunks()) as chunks:
                async for chunk in chunks:
                    deltas = parser.feed(chunk)
                    for delta in deltas:
                        yield delta
                    if parser.done:
                        await drain(chunks)
                        break
                    if deltas and (seconds := self._pause()):
                        await asyncio.sleep(seconds)
            for delta in parser.finish():
                yield delta
        except InferenceError as error:
            if error.retry_after is None and call.rate_limits:
                error.retry_after = call.rate_limits.wait
            raise

    def _headers(self, body: bytes) -> dict[str, str]:
        # A compressing server would hold tokens back to fill its window.
        headers = {"Content-Type": "application/json", "Accept-Encoding": "identity"}
        if self.service.key:
            headers["Authorization"] = f"Bearer {self.service.key}"
        if not self._prompt_caching:
            headers["X-Heroku-Prompt-Caching"] = "false"
        if body_has_images(body):
            headers["X-Forwarded-Proto"] = "https"  # as in the example of a model card
        return headers

    def _keep_rate_limits(self, rate_limits: RateLimits) -> None:
        self.rate_limits = rate_limits


async def _off_loop[**P, T](
    request: CompletionRequest, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs
) -> T:
    """Run `work` in a thread if `request` is so large that it would block the loop."""
    if len(request.messages) > MAX_LOOP_MESSAGES or weight(request) > MAX_LOOP_CHARACTERS:
        return await asyncio.to_thread(work, *args, **kwargs)
    return work(*args, **kwargs)
