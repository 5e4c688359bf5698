"""Everything of a person as a zip: memory and processor of the server until it is downloaded.

The person has 250 MB of images in the database, a conversation of 2,000 messages and 200 short
ones. The memory is by how much the peak of the whole process exceeds its memory before, with the
export and the whole download. It doesn't grow with the images, so a quarter of a gigabyte shows
what a whole one takes. The floor is Python's `zipfile`, which writes the files of that archive in
one go, the same ones compressed.
"""

import io
import time
import zipfile
from pathlib import Path

import httpx

from tests.bench.figures import Figure
from tests.bench.harness import Bench, in_app
from tests.bench.tabs import TOKEN
from tests.bench.usage import cpu_seconds, forget_peak, peak_mb, resident_mb
from tests.servers.app import AppProcess, app_environment, prepare_database, running_apps
from tests.support.people import OWNER

IMAGES, KILOBYTES = 100, 2_560
MESSAGES, CONVERSATIONS = 2_000, 200
MAX_GROWTH_MB = 100
MAX_OF_FLOOR = 25  # each message is rendered, and each image read from a database
PATIENCE = 240  # seconds


def measure(bench: Bench) -> list[Figure]:
    folder = bench.folder / "export"
    folder.mkdir()
    environment = app_environment(
        DATABASE_URL=f"sqlite:///{folder}/chat.sqlite3",
        INFERENCE_URL="http://127.0.0.1:9",
        CHAT_LOG_LEVEL="WARNING",
    )
    prepare_database(environment, OWNER)
    path = in_app(environment, "conversation", OWNER, MESSAGES)
    in_app(environment, "images", path, IMAGES, KILOBYTES)
    in_app(environment, "conversations", OWNER, CONVERSATIONS)
    with running_apps(folder, 1, environment) as (app,):
        cookies = {"sessionid": in_app(environment, "cookie", OWNER), "csrftoken": TOKEN}
        headers = {"x-csrftoken": TOKEN}
        with httpx.Client(base_url=app.url, cookies=cookies, headers=headers) as http:
            return _figures(app, http, folder / "archive.zip")


def _figures(app: AppProcess, http: httpx.Client, file: Path) -> list[Figure]:
    http.get("/transfer/").raise_for_status()
    memory, begin = resident_mb(app.pid), cpu_seconds(app.pid)
    forget_peak(app.pid)
    _export(http)
    made = cpu_seconds(app.pid)
    _download(http, file)
    sent = cpu_seconds(app.pid)
    with zipfile.ZipFile(file) as archive:
        assert archive.testzip() is None
        files = {name: archive.read(name) for name in archive.namelist()}
    return [
        Figure(
            name=f"An export with {IMAGES * KILOBYTES // 1024} MB of images, memory it takes",
            unit="MB",
            ours=peak_mb(app.pid) - memory,
            reach=MAX_GROWTH_MB,
            statistic=f"peak above {memory:.0f} MB before",
        ),
        Figure(
            name="Making it, processor",
            unit="s",
            ours=made - begin,
            floor=_zipped(files),
            reach=MAX_OF_FLOOR,
            stated_floor=1,
            floor_name="zipfile in one go",
        ),
        Figure(name="Sending it, processor", unit="s", ours=sent - made),
    ]


def _export(http: httpx.Client) -> None:
    assert http.post("/transfer/exports/").is_redirect
    until = time.monotonic() + PATIENCE
    while "/archive" not in http.get("/transfer/exports/").text:
        assert time.monotonic() < until, "the export doesn't end"
        time.sleep(1)


def _download(http: httpx.Client, file: Path) -> None:
    state = http.get("/transfer/exports/").text
    url = state.partition('href="')[2].partition('"')[0]
    with http.stream("GET", url, timeout=PATIENCE) as answer, file.open("wb") as output:
        for piece in answer.raise_for_status().iter_bytes():
            output.write(piece)


def _zipped(files: dict[str, bytes]) -> float:
    """Return how long writing the same files takes, in seconds of processor."""
    begin = time.process_time()
    with zipfile.ZipFile(io.BytesIO(), "w") as archive:
        for name, content in files.items():
            is_text = not name.startswith("images/")
            method = zipfile.ZIP_DEFLATED if is_text else zipfile.ZIP_STORED
            archive.writestr(name, content, compress_type=method)
    return time.process_time() - begin
