"""An import of many conversations: memory and processor of the server until it has ended.

ChatGPT's export of 5,000 conversations with 6 messages each, in a zip. The memory is by how much
the peak of the whole process exceeds its memory before, with the upload. The job rests as long as
it works, so that the time until its end is twice its processor at least. An account of 50,000 is
ten times this; its time is extrapolated. The floor is Python's `json`, which parses the same file
and writes it again.
"""

import json
import random
import time
from typing import Any

import httpx

from tests.bench.figures import Figure
from tests.bench.harness import Bench, in_app
from tests.bench.tabs import TOKEN
from tests.bench.usage import cpu_seconds, forget_peak, peak_mb, resident_mb
from tests.servers.app import AppProcess, app_environment, prepare_database, running_apps
from tests.servers.exports import zip_of
from tests.servers.imports import upload, wait_for
from tests.support.people import OWNER

CONVERSATIONS, MESSAGES, WORDS = 5_000, 6, 120
SHARD = 100  # conversations
WHOLE = 50_000
MAX_MB = 300
MAX_SECONDS = 600  # for the whole account, with rests
MAX_GROWTH_MB = 100


def measure(bench: Bench) -> list[Figure]:
    folder = bench.folder / "import"
    folder.mkdir()
    environment = app_environment(
        DATABASE_URL=f"sqlite:///{folder}/chat.sqlite3",
        INFERENCE_URL="http://127.0.0.1:9",
        CHAT_LOG_LEVEL="WARNING",
    )
    prepare_database(environment, OWNER)
    shards = _shards()
    with running_apps(folder, 1, environment) as (app,):
        cookies = {"sessionid": in_app(environment, "cookie", OWNER), "csrftoken": TOKEN}
        headers = {"x-csrftoken": TOKEN}
        with httpx.Client(base_url=app.url, cookies=cookies, headers=headers) as http:
            return _figures(app, http, shards)


def _figures(app: AppProcess, http: httpx.Client, shards: dict[str, Any]) -> list[Figure]:
    packed = zip_of(shards)
    http.get("/transfer/").raise_for_status()
    memory, begin, began_at = resident_mb(app.pid), cpu_seconds(app.pid), time.monotonic()
    forget_peak(app.pid)
    upload(http, "export.zip", packed)
    page = wait_for(http, CONVERSATIONS + 1)
    assert f"{CONVERSATIONS} new chats" in page.replace(",", "")
    used, peak = cpu_seconds(app.pid) - begin, peak_mb(app.pid)
    took = time.monotonic() - began_at
    name = f"An import of {CONVERSATIONS:,} chats with {MESSAGES} messages"
    return [
        Figure(
            name=f"{name}, memory it takes",
            unit="MB",
            ours=peak - memory,
            reach=MAX_GROWTH_MB,
            statistic=f"peak above {memory:.0f} MB before",
        ),
        Figure(name=f"{name}, memory of the process", unit="MB", ours=peak, reach=MAX_MB),
        Figure(
            name="1,000 of these chats, processor",
            unit="s",
            ours=used / CONVERSATIONS * 1_000,
            reach=MAX_SECONDS / 2 / (WHOLE / 1_000),
            floor=_parsed(shards) / CONVERSATIONS * 1_000,
            stated_floor=0.05,
            floor_name="json",
        ),
        Figure(
            name=f"{WHOLE:,} of these chats, until the end",
            unit="s",
            ours=took * WHOLE / CONVERSATIONS,
            statistic=f"extrapolated from {took:.0f} s, on a machine that does other work too",
        ),
    ]


def _shards() -> dict[str, Any]:
    dice = random.Random(1)
    words = ["".join(dice.choices("aeioulnrst", k=dice.randrange(2, 9))) for _ in range(2_000)]
    chats = [_chat(number, dice, words) for number in range(CONVERSATIONS)]
    return {
        f"conversations-{number:03}.json": chats[number * SHARD : (number + 1) * SHARD]
        for number in range(CONVERSATIONS // SHARD)
    }


def _chat(number: int, dice: random.Random, words: list[str]) -> dict[str, Any]:
    mapping: dict[str, Any] = {"root": {"id": "root", "parent": None, "message": None}}
    parent = "root"
    for place in range(MESSAGES):
        id_ = f"{number}-{place}"
        mapping[id_] = {
            "id": id_,
            "parent": parent,
            "message": {
                "id": id_,
                "author": {"role": "assistant" if place % 2 else "user"},
                "create_time": 1767225600.0 + place,
                "content": {
                    "content_type": "text",
                    "parts": [" ".join(dice.choices(words, k=WORDS))],
                },
                "metadata": {"model_slug": "gpt-5"},
                "recipient": "all",
            },
        }
        parent = id_
    return {
        "conversation_id": f"chat-{number}",
        "title": f"Chat {number}",
        "create_time": 1767225600.0,
        "update_time": 1767225600.0,
        "current_node": parent,
        "mapping": mapping,
    }


def _parsed(shards: dict[str, Any]) -> float:
    """Return how long parsing and writing the same files takes, in seconds of processor."""
    texts = [json.dumps(shard) for shard in shards.values()]
    begin = time.process_time()
    for text in texts:
        json.dumps(json.loads(text))
    return time.process_time() - begin
