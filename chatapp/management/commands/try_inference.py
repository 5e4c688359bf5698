"""`manage.py try_inference "prompt"`: ask the configured service as the app would."""

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
from chatapp.inference.probe import Prober, printable
from chatapp.inference.questions import MAX_MODELS, ask_all
from chatapp.inference.reports import Finding, Timings, improve, model_list

THINKING_BUDGET = 2_048  # tokens

CHANGES = {
    "turns_excluded": "the oldest turns are excluded",
    "images_excluded": "the oldest images are excluded",
    "images_unsupported": "the model can't see images, so they are excluded",
    "images_suspected": "the service failed with the images, so they are excluded",
    "text_rewritten": "words that a content filter refuses are split",
    "thinking_off": "thinking is off",
    "sampling_off": "temperature and top P are off",
    "tools_off": "tools are off",
    "output_limited": "the service allows shorter answers only",
    "model_replaced": "another model answers",
}


class Command(BaseCommand):
    help = (
        "Streams an answer of the configured model service, with usage, timings and quotas. With "
        "--questions it finds out what the service accepts, in under 20 short calls."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("prompt", nargs="?", default="", help="what to ask")
        parser.add_argument("--image", default="", help="an image: a file, or an https link")
        parser.add_argument("--thinking", action="store_true", help="turn on extended thinking")
        parser.add_argument("--model", default="", help="a model id; the first one by default")
        parser.add_argument(
            "--questions", action="store_true", help="find out what the service accepts"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.SERVICE.kind == "none":
            raise CommandError(f"{settings.SERVICE.sentence}.")
        if not (options["prompt"].strip() or options["questions"]):
            raise CommandError(
                'Add a prompt, as in manage.py try_inference "Hello", or use --questions.'
            )
        wanted = options["model"]
        if wanted and wanted not in settings.CATALOG:
            raise CommandError(f"{wanted} is not offered. Choose {' or '.join(settings.CATALOG)}.")
        models = [settings.CATALOG[wanted]] if wanted else list(settings.CATALOG.values())
        if options["questions"]:
            work = self._ask_questions(models)
        else:
            work = self._ask(_request(models[0], options))
        self.stdout.write(settings.SERVICE.sentence)
        try:
            asyncio.run(work)
        except InferenceError as error:
            sentence = f"{type(error).__name__}: {error.sentence}"
            raise CommandError(printable(sentence)) from error

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
                        timings.record(delta)
                        if thinking and isinstance(delta, TextDelta):
                            self._print("\n\n")
                        thinking = isinstance(delta, ReasoningDelta)
                        self._show(delta)
            finally:  # an interrupted answer has these too
                self._show_facts(timings, client.rate_limits or RateLimits(Quota(), Quota()))

    def _show(self, delta: Delta) -> None:
        match delta:
            case TextDelta(text):
                self._print(_plain(text))
            case ReasoningDelta(text):
                self._print(self.style.WARNING(_plain(text)))
            case Waiting(seconds, sentence):
                self.stdout.write(f"[{sentence} Trying again in {seconds:.0f} s.]")
            case Adapted(change, count, detail):
                extra = f" ({detail or count})" if detail or count else ""
                self.stdout.write(f"[The request was changed: {CHANGES[change]}{extra}.]")
            case Finished(reason):
                self.stdout.write(f"\n\nEnded with: {reason}")

    def _show_facts(self, timings: Timings, rate_limits: RateLimits) -> None:
        self.stdout.write(f"\nTokens: {timings.tokens}")
        self.stdout.write(f"Times: {timings.times}")
        self.stdout.write(f"Quota of requests: {_quota(rate_limits.requests)}")
        self.stdout.write(f"Quota of tokens: {_quota(rate_limits.tokens)}")

    async def _ask_questions(self, models: Sequence[Model]) -> None:
        improved = models
        async with make_http_client(settings.HTTP_TRANSPORT) as http:
            prober = Prober(settings.SERVICE, http)
            async with aclosing(ask_all(prober, models)) as findings:
                async for finding in findings:
                    self._show_finding(finding)
                    improved = improve(improved, finding.improvements)
        self.stdout.write(f"\n{prober.calls} calls.")
        if skipped := [model.id for model in models[MAX_MODELS:]]:
            self.stdout.write(f"Not tried (use --model): {', '.join(skipped)}.")
        changed = {model.id: model for model in improved}
        if improved == models:
            self.stdout.write("The configuration fits the service.")
        else:
            catalog = [changed.get(model.id, model) for model in settings.CATALOG.values()]
            self.stdout.write("This configuration fits the service better:")
            self.stdout.write(f"CHAT_MODELS={shlex.quote(model_list(catalog))}")

    def _show_finding(self, finding: Finding) -> None:
        self.stdout.write(f"\n{self.style.MIGRATE_HEADING(finding.question)}")
        self.stdout.write(f"  {finding.answer}")
        self.stdout.write(f"  The app: {finding.behaviour}")

    def _print(self, text: str) -> None:
        self.stdout.write(text, ending="")
        self.stdout.flush()


def _request(model: Model, options: dict[str, Any]) -> CompletionRequest:
    images = (_image(options["image"]),) if options["image"] else ()
    message = ChatMessage("user", (*images, TextPart(options["prompt"])))
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
    """Replace what a terminal would obey, except for line breaks and tabs."""
    return "".join(c if c in "\n\t" else printable(c) for c in text)


def _quota(quota: Quota) -> str:
    parts = []
    if quota.remaining is not None:
        parts.append(f"{quota.remaining:,} left")
    if quota.limit is not None:
        parts.append(f"of {quota.limit:,} a minute")
    if quota.reset is not None:
        parts.append(f"(full again in {quota.reset:.0f} s)")
    return " ".join(parts) or "not reported"
