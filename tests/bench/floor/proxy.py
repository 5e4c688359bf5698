"""The floor of many replies: nginx, which hands the model's streams on and knows nothing of them.

Where it is not installed a forwarder of our own stands in, which parses nothing and so costs less.
"""

import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from tests.servers.ports import free_port
from tests.servers.processes import END_SECONDS, Server, pinned, running

START_SECONDS = 10
CONFIGURATION = """
daemon off;
master_process off;
pid {folder}/nginx.pid;
error_log {folder}/nginx.log;
events {{ worker_connections 4096; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    server {{
        listen 127.0.0.1:{port} backlog=512;
        location = /ready {{ return 204; }}
        location / {{
            proxy_pass {model_url};
            proxy_http_version 1.1;
            proxy_buffering off;
            proxy_read_timeout 300s;
        }}
    }}
}}
"""


def name() -> str:
    return "nginx" if _program() else "a forwarder"


@contextmanager
def running_proxy(model_url: str, folder: Path, core: int) -> Iterator[Server]:
    program = _program()
    if not program:
        with running("tests.bench.floor.forwarder", model_url, core=core) as server:
            yield server
        return
    port = free_port()
    configuration = folder / "nginx.conf"
    configuration.write_text(CONFIGURATION.format(folder=folder, port=port, model_url=model_url))
    log = folder / "nginx.log"
    with pinned(core):
        process = subprocess.Popen([program, "-c", configuration, "-p", folder, "-e", log])
    try:
        server = Server(f"http://127.0.0.1:{port}", process.pid)
        _wait_until_ready(server.url)
        yield server
    finally:
        process.terminate()
        process.wait(END_SECONDS)


def _program() -> str | None:
    return shutil.which("nginx") or shutil.which("/usr/sbin/nginx")


def _wait_until_ready(url: str) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            httpx.get(f"{url}/ready")
        except httpx.ConnectError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
        else:
            return
