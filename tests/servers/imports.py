"""Import a file into a running app over HTTP, as the page does."""

import re
import time

import httpx

PATIENCE = 600  # seconds
COUNT = re.compile(r"data-count>(\d+) / (\d+)<")


def upload(http: httpx.Client, name: str, content: bytes) -> None:
    """Upload a file in slices, and begin to import it."""
    fields = {"name": name, "size": len(content), "modified": 1}
    file = http.post("/transfer/imports/files", data=fields).raise_for_status().json()
    size = file["slice_bytes"]
    for number in range(-(-len(content) // size)):
        piece = content[number * size : (number + 1) * size]
        url = f"/transfer/imports/files/{file['file']}/slices/{number}"
        http.post(url, files={"slice": ("slice", piece)}).raise_for_status()
    headers = {"accept": "application/json"}
    http.post("/transfer/imports/start", headers=headers).raise_for_status()


def wait_for(http: httpx.Client, at_least: int) -> str:
    """Wait until so many conversations are imported, or the import has ended; return the page."""
    until = time.monotonic() + PATIENCE
    while True:
        page = http.get("/transfer/imports/").raise_for_status().text
        found = COUNT.search(page)
        if 'data-state="none"' in page or (found and int(found[1]) >= at_least):
            return page
        assert time.monotonic() < until, "the import doesn't end"
        time.sleep(0.2)
