"""Parse the commands that make the demo model fail or show special content.

Commands are read from the last paragraph of a message only, because an unanswered message is sent
again with the next one and must not make that fail too. `/echo` takes everything after it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

HELP = """\
# Commands of the demo model

Write them in a message. You can combine several, for example `/rate 5 /cut 20`.

| Command | What the demo model does |
| --- | --- |
| `/error CODE` | refuses with HTTP 401, 403, 429, 500 ...; `html` is the firewall's page |
| `/flaky CODE N` | refuses the same message N times with that HTTP status, then answers |
| `/firewall` | refuses with the firewall's page while the request has `../`, `onerror=` ... |
| `/window N` | refuses when the conversation is longer than N tokens |
| `/nothinking` | refuses while thinking is on |
| `/newfield` | refuses `max_tokens` and accepts `max_completion_tokens` |
| `/cut N` | drops the connection after N tokens |
| `/garbage` | sends data that is not JSON in mid-stream |
| `/times N` | repeats `/cut` or `/garbage` N times, also when the answer is resumed |
| `/silent S` | waits S seconds before the first token |
| `/rate N` | sends N tokens a second, or all at once for 0 |
| `/long N` | answers with N tokens |
| `/length` | stops halfway, as if it had reached the token limit |
| `/reason` | thinks aloud first |
| `/think S` | thinks for S seconds when thinking is on |
| `/tool` | asks for a tool call |
| `/call NAME {"json": 1}` | calls an offered tool with these arguments; one call per line |
| `/emoji` | answers with characters that software often breaks |
| `/echo TEXT` | sends TEXT back, exactly |
| `/help` | shows this table |

It also refuses images of exactly 13 by 13 pixels, and links to a host under `.invalid`.
"""

MAX_SECONDS = 600.0  # of silence or thinking
MAX_TOKENS = 100_000

WITH_NUMBER = ("cut", "silent", "rate", "long", "window", "think", "times")
SWITCHES = (
    *("garbage", "length", "reason", "tool", "emoji", "help"),
    *("firewall", "nothinking", "newfield"),
)
COMMAND = re.compile(
    rf"(?<!\S)/(?:(?P<name>{'|'.join(WITH_NUMBER)})\s+(?P<number>\d{{1,6}}(?:\.\d+)?)"
    r"|error\s+(?P<error>html|[45]\d\d)"
    r"|flaky\s+(?P<flaky>[45]\d\d)\s+(?P<times>\d{1,2})"
    rf"|(?P<switch>{'|'.join(SWITCHES)}))(?!\S)"
)
CALL = re.compile(r"^/call[ \t]+(?P<name>[\w-]{1,64})[ \t]*(?P<arguments>.*)$", re.MULTILINE)
ECHO = re.compile(r"(?<!\S)/echo[ \n]")


@dataclass(frozen=True, slots=True)
class Commands:
    """Hold the commands of a message. `words` is the rest; None, zero and "" mean no command."""

    words: str
    echo: str | None = None
    error: str = ""
    flaky: tuple[int, int] = (0, 0)  # HTTP status, how many times
    window: int | None = None  # tokens
    drop_after: int | None = None
    fault_times: int = 1
    silent_seconds: float = 0.0
    thinking_seconds: float = 0.0
    rate: float | None = None
    long_tokens: int | None = None
    calls: tuple[tuple[str, str], ...] = ()  # names of tools and arguments as JSON
    switches: frozenset[str] = frozenset()


def parse_commands(text: str) -> Commands:
    echo = ECHO.search(text)
    head = text[: echo.start()] if echo else text
    paragraphs = head.rsplit("\n\n", 1)
    calls = tuple((match["name"], match["arguments"]) for match in CALL.finditer(paragraphs[-1]))
    paragraphs[-1] = CALL.sub("", paragraphs[-1])
    found = list(COMMAND.finditer(paragraphs[-1]))
    paragraphs[-1] = COMMAND.sub("", paragraphs[-1])
    numbers = {match["name"]: float(match["number"]) for match in found if match["name"]}
    flaky = ((int(match["flaky"]), int(match["times"])) for match in found if match["flaky"])
    return Commands(
        words="\n\n".join(paragraphs).strip(),
        echo=text[echo.end() :] if echo else None,
        error=next((match["error"] for match in found if match["error"]), ""),
        flaky=next(flaky, (0, 0)),
        window=_tokens(numbers.get("window")),
        drop_after=_tokens(numbers.get("cut")),
        fault_times=int(numbers.get("times", 1)),
        silent_seconds=min(numbers.get("silent", 0.0), MAX_SECONDS),
        thinking_seconds=min(numbers.get("think", 0.0), MAX_SECONDS),
        rate=numbers.get("rate"),
        long_tokens=_tokens(numbers.get("long")),
        calls=calls,
        switches=frozenset(match["switch"] for match in found if match["switch"]),
    )


def _tokens(number: float | None) -> int | None:
    return None if number is None else min(int(number), MAX_TOKENS)
