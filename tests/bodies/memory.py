"""How much memory a server takes."""

import threading

import psutil

from tests.system.app import App

POLL_SECONDS = 0.005


def memory(app: App) -> float:
    """Resident, in MB."""
    assert app.process
    size: int = psutil.Process(app.process.pid).memory_info().rss
    return size / 1024**2


class Watch:
    """The most memory that a server takes while something goes on, in MB above what it had."""

    def __init__(self, app: App) -> None:
        self._app, self._before, self._most = app, memory(app), 0.0
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._watch)

    def __enter__(self) -> "Watch":
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._is_over.set()
        self._thread.join()

    @property
    def growth(self) -> float:
        return max(self._most, memory(self._app)) - self._before

    def _watch(self) -> None:
        while not self._is_over.wait(POLL_SECONDS):
            self._most = max(self._most, memory(self._app))
