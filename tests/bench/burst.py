"""Everybody sends within a few seconds: to the app, or to a pipe."""

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from tests.bench.harness import Model, in_app
from tests.bench.load import SERVERS, Load, Place, Work, load
from tests.servers.processes import Server, pinned
from tests.system.app import App, running_app

RAMP = 3.0  # seconds
SLACK = 60.0  # seconds
WHOLE, SHORT = Work(300, RAMP, SLACK), Work(1, RAMP, SLACK)
WARM_UP = Work(10, RAMP, SLACK)


@dataclass(frozen=True, slots=True)
class Setting:
    """Where the app runs, and with which stores beside it."""

    folder: Path
    model: Model
    config_vars: Mapping[str, str] = field(default_factory=dict)
    stores: Sequence[int] = ()  # processes


@dataclass(frozen=True, slots=True)
class Burst:
    whole: Load
    short: Load  # replies of one token
    failed: int


def played(setting: Setting, *counts: int) -> dict[int, Burst]:
    """Start the app and play a burst of each size."""
    config_vars = {"INFERENCE_URL": setting.model.url, "CHAT_LOG_LEVEL": "WARNING"}
    with ExitStack() as stack:
        with pinned(SERVERS):
            app = stack.enter_context(
                running_app(setting.folder, **config_vars, **setting.config_vars)
            )
        _run(1, WARM_UP, app, setting)
        return {count: _burst(count, app, setting) for count in counts}


def piped(count: int, pipe: Server, model: Model) -> Load:
    """Play the same to a server that only forwards."""
    return load("floor", [Place(pipe.url)] * count, model, pipe.pid, work=WHOLE)


def _burst(count: int, app: App, setting: Setting) -> Burst:
    whole, failed = _run(count, WHOLE, app, setting)
    short, failed_short = _run(count, SHORT, app, setting)
    return Burst(whole, short, failed + failed_short)


def _run(count: int, work: Work, app: App, setting: Setting) -> tuple[Load, int]:
    """Return one run, and how many of its replies failed or have no title."""
    assert app.process
    name = f"burst-{count}-{work.tokens}-"
    cookies = in_app(app.environment, "people", name, count)
    places = [Place(app.url, app.url, cookie) for cookie in cookies]
    came = load("app", places, setting.model, app.process.pid, work=work, stores=setting.stores)
    faults = in_app(app.environment, "faults", name, count)
    untitled = in_app(app.environment, "untitled", name)
    for line in (*came.result.errors[:3], *faults[:3]):
        print(f"  {count} send within {RAMP:g} s: {line}")
    return came, max(came.incomplete, len(faults), untitled)
