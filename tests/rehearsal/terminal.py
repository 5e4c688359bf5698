"""Type the README's commands in a clone of the project."""

import json
import os
import socketserver
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import cast

from tests.rehearsal.command_line import CommandLine, Refused

# Pass the arguments on, and print the result.
PROGRAM = """#!{python}
import json, os, socket, sys
with socket.socket(socket.AF_UNIX) as line:
    line.connect({path!r})
    line.sendall(json.dumps([sys.argv[1:], os.getcwd()]).encode() + b"\\n")
    status, said = json.loads(line.makefile().readline())
print(said, end="" if status == 0 else "\\n", file=sys.stderr if status else sys.stdout)
sys.exit(status)
"""
BLOCK_SECONDS = 300
WHO = ("-c", "user.name=Rehearsal", "-c", "user.email=rehearsal@example.com")


class CommandFailed(Exception):
    """A command failed, with what the block printed."""


class Terminal:
    def __init__(self, clone: Path, programs: Path) -> None:
        self.clone = clone
        self._programs = programs

    def type(self, block: str) -> str:
        """Run shell commands one after the other, up to the first that fails; return their output.

        Raises CommandFailed.
        """
        ran = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", block],
            cwd=self.clone,
            env={**os.environ, "PATH": f"{self._programs}{os.pathsep}{os.environ['PATH']}"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=BLOCK_SECONDS,
        )
        # A push whose hook fails says so, and still exits with 0.
        if ran.returncode or "built-in:push failed" in ran.stdout:
            raise CommandFailed(ran.stdout)
        return ran.stdout

    def commit(self, message: str) -> None:
        subprocess.run(["git", "-C", self.clone, "add", "--all"], check=True)
        command = ["git", "-C", self.clone, *WHO, "commit", "--quiet", "--allow-empty"]
        subprocess.run([*command, "-m", message], check=True)


class Server(socketserver.ThreadingUnixStreamServer):
    daemon_threads = True

    def __init__(self, path: Path, line: CommandLine) -> None:
        self.line = line
        super().__init__(str(path), Request)


class Request(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        words, folder = json.loads(self.rfile.readline())
        try:
            answer = 0, cast("Server", self.server).line.obey(words, Path(folder))
        except Refused as error:
            answer = 1, str(error)
        self.wfile.write(json.dumps(answer).encode() + b"\n")


@contextmanager
def open_terminal(source: Path, folder: Path, line: CommandLine) -> Iterator[Terminal]:
    """Clone `source` with its uncommitted changes, on a branch named main."""
    clone, programs = folder / "clone", folder / "programs"
    _copy(source, clone)
    terminal = Terminal(clone, programs)
    subprocess.run(["git", "init", "--quiet", "--initial-branch=main", clone], check=True)
    terminal.commit("As it is")
    programs.mkdir()
    path = folder / "line"
    heroku = programs / "heroku"
    heroku.write_text(PROGRAM.format(python=sys.executable, path=str(path)))
    heroku.chmod(0o755)
    with Server(path, line) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield terminal
        finally:
            server.shutdown()


def _copy(source: Path, clone: Path) -> None:
    """Copy every file that git tracks or would add."""
    command = ["git", "-C", source, "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    for name in filter(None, names.split("\0")):
        if (source / name).exists():
            target = clone / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes((source / name).read_bytes())
            target.chmod((source / name).stat().st_mode)
