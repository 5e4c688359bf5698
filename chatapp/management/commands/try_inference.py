"""`manage.py try_inference "prompt"`: asks the configured service as the app would."""

import argparse
import asyncio
import base64
import shlex
from collections.abc import Sequence
from contextlib import aclosing
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from chatapp.images.errors import ImageRefused
from chatapp.images.processing import prepare
from chatapp.inference import (
    Adapted,
    ChatMessage,
    CompletionRequest,
    Delta,
    Finished,
    ImagePart,
    InferenceClient,
    InferenceError,
    Model,
    Quota,
    RateLimits,
    ReasoningDelta,
    TextDelta,
    TextPart,
    Waiting,
    make_http_client,
)
from chatapp.inference.findings import Finding, improved, model_list
from chatapp.inference.probe import Prober, printable
from chatapp.inference.questions import MAX_MODELS, ask_all
from chatapp.inference.timings import Timings

THINKING_BUDGET = 2_048  # tokens

CHANGES = {
    "turns_excluded": "the oldest turns are left out",
    "images_excluded": "the oldest images are left out",
    "text_rewritten": "words that a content filter refuses are spelled apart",
    "thinking_off": "it goes without thinking",
    "tools_off": "it goes without tools",
}


class Command(BaseCommand):
    help = (
        "Streams an answer of the configured model service, with usage, timings and quotas; or "
        "settles the open questions about it (--questions, under 20 short calls)."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("prompt", nargs="?", default="", help="what to ask")
        parser.add_argument("--image", default="", help="an image: a file, or an https link")
        parser.add_argument("--thinking", action="store_true", help="with extended thinking")
        parser.add_argument("--model", default="", help="a model id; the first one by default")
        parser.add_argument("--questions", action="store_true", help="ask the open questions")

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.SERVICE.kind == "none":
            raise CommandError(f"{settings.SERVICE.sentence}.")
        if not (options["prompt"].strip() or options["questions"]):
            raise CommandError('Say what to ask: manage.py try_inference "Hello", or --questions.')
        wanted = options["model"]
        if wanted and wanted not in settings.CATALOG:
            raise CommandError(f"{wanted} is not offered; there are {', '.join(settings.CATALOG)}.")
        models = [settings.CATALOG[wanted]] if wanted else list(settings.CATALOG.values())
        if options["questions"]:
            work = self._ask_questions(models)
        else:
            work = self._ask(_request(models[0], options))
        self.stdout.write(settings.SERVICE.sentence)
        try:
            asyncio.run(work)
        except InferenceError as error:
            words = f"{type(error).__name__}: {error.sentence}"
            raise CommandError(printable(words)) from error

    async def _ask(self, request: CompletionRequest) -> None:
        timings = Timings()
        async with make_http_client(settings.HTTP_TRANSPORT) as http:
            client = InferenceClient(
                settings.SERVICE,
                http,
                catalog=settings.CATALOG,
                prompt_caching=settings.PROMPT_CACHING,
            )
            try:
                thinking = False
                async with aclosing(client.stream(request)) as deltas:
                    async for delta in deltas:
                        timings.note(delta)
                        if thinking and isinstance(delta, TextDelta):
                            self._print("\n\n")
                        thinking = isinstance(delta, ReasoningDelta)
                        self._show(delta)
            finally:  # an answer that broke off has these too
                self._show_facts(timings, client.rate_limits or RateLimits(Quota(), Quota()))

    def _show(self, delta: Delta) -> None:
        match delta:
            case TextDelta(text):
                self._print(_plain(text))
            case ReasoningDelta(text):
                self._print(self.style.WARNING(_plain(text)))
            case Waiting(seconds, sentence):
                self.stdout.write(f"[{sentence} Trying again in {seconds:.0f} s.]")
            case Adapted(change, count):
                number = f" ({count})" if count else ""
                self.stdout.write(f"[The request was changed: {CHANGES[change]}{number}.]")
            case Finished(reason):
                self.stdout.write(f"\n\nEnded with: {reason}")

    def _show_facts(self, timings: Timings, rate_limits: RateLimits) -> None:
        self.stdout.write(f"\nTokens: {timings.tokens}")
        self.stdout.write(f"Times: {timings.times}")
        self.stdout.write(f"Quota of requests: {_quota(rate_limits.requests)}")
        self.stdout.write(f"Quota of tokens: {_quota(rate_limits.tokens)}")

    async def _ask_questions(self, models: Sequence[Model]) -> None:
        better = models
        async with make_http_client(settings.HTTP_TRANSPORT) as http:
            prober = Prober(settings.SERVICE, http)
            async with aclosing(ask_all(prober, models)) as findings:
                async for finding in findings:
                    self._show_finding(finding)
                    better = improved(better, finding.better)
        self.stdout.write(f"\n{prober.calls} calls.")
        if excluded := [model.id for model in models[MAX_MODELS:]]:
            self.stdout.write(f"Not asked (--model does): {', '.join(excluded)}.")
        changed = {model.id: model for model in better}
        if better == models:
            self.stdout.write("The configuration fits the service.")
        else:
            catalog = [changed.get(model.id, model) for model in settings.CATALOG.values()]
            self.stdout.write("This configuration fits the service better:")
            self.stdout.write(f"CHAT_MODELS={shlex.quote(model_list(catalog))}")

    def _show_finding(self, finding: Finding) -> None:
        self.stdout.write(f"\n{self.style.MIGRATE_HEADING(finding.question)}")
        self.stdout.write(f"  {finding.answer}")
        self.stdout.write(f"  The app: {finding.app}")

    def _print(self, text: str) -> None:
        self.stdout.write(text, ending="")
        self.stdout.flush()


def _request(model: Model, options: dict[str, Any]) -> CompletionRequest:
    image = (_image(options["image"]),) if options["image"] else ()
    message = ChatMessage("user", (*image, TextPart(options["prompt"])))
    budget = THINKING_BUDGET if options["thinking"] else None
    return CompletionRequest(model.id, (message,), model.max_output, thinking_budget=budget)


def _image(source: str) -> ImagePart:
    if source.lower().startswith(("https://", "http://", "data:")):
        return ImagePart(source)
    try:
        with Path(source).open("rb") as file:
            prepared = prepare(file, Path(source).name)
    except OSError as error:
        raise CommandError(f"This file can't be read: {error}") from error
    except ImageRefused as refusal:
        raise CommandError(refusal.sentence) from refusal
    content = base64.b64encode(prepared.content).decode()
    url = f"data:{prepared.content_type};base64,{content}"
    return ImagePart(url, prepared.width, prepared.height)


def _plain(text: str) -> str:
    """Without what a terminal would obey, but for lines and tabs."""
    return "".join(c if c in "\n\t" else printable(c) for c in text)


def _quota(quota: Quota) -> str:
    words = []
    if quota.remaining is not None:
        words.append(f"{quota.remaining:,} left")
    if quota.limit is not None:
        words.append(f"of {quota.limit:,} a minute")
    if quota.reset is not None:
        words.append(f"(whole again in {quota.reset:.0f} s)")
    return " ".join(words) or "the service said nothing"
