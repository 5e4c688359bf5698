"""Stand in for the platform's command line, as far as the README uses it.

It knows each command by its exact words, so a mistake in the README is refused.
"""

import shlex
import subprocess
from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.rehearsal.dyno import BootFailed
from tests.rehearsal.platform import Platform, ReleaseFailed
from tests.rehearsal.slug import BuildFailed

AFTER_PUSH = """#!/bin/sh
while read old new name; do heroku built-in:push "$PWD" "$new"; done
"""


class Refused(Exception):
    """A command was refused, with the sentence that the command line prints."""


class Parser(ArgumentParser):
    def error(self, message: str) -> Any:
        raise Refused(f"{self.prog}: {message}")


def parser() -> Parser:
    """Return a parser of every command that is rehearsed."""
    root = Parser(prog="heroku", add_help=False)
    commands = root.add_subparsers(dest="command", required=True, parser_class=Parser)

    def command(name: str, *arguments: str, **options: dict[str, Any]) -> None:
        made = commands.add_parser(name, add_help=False)
        for argument in arguments:
            made.add_argument(argument, **options.get(argument.strip("-"), {}))

    flag: dict[str, Any] = {"action": "store_true"}
    many: dict[str, Any] = {"nargs": "+"}
    command("create", "name")
    command("addons:create", "plan", "--as", "--wait", wait=flag)
    command("addons:attach", "addon", "--as")
    command("config:set", "values", values=many)
    command("config:get", "name")
    command("config:unset", "name")
    command("domains:add", "name")
    command("labs:enable", "feature", feature={"choices": ["runtime-dyno-metadata"]})
    command("run", "words", words={"nargs": "..."})
    command("open")
    command("ps:type", "type")
    command("ps:scale", "size")
    command("ps:restart")
    command("maintenance:on")
    command("maintenance:off")
    command("pg:backups:schedule", "database", "--at")
    command("pg:backups:capture")
    command("pg:backups:download", "--output")
    command("pg:backups:restore", "--confirm")
    command("built-in:push", "repository", "commit")
    return root


class CommandLine:
    """Runs commands."""

    def __init__(self, platform: Platform, folder: Path) -> None:
        self._platform = platform
        self._repository = folder / "heroku.git"
        self._backup = folder / "backup"
        self._attached: dict[str, str] = {}  # name of the attachment -> plan

    def obey(self, words: list[str], folder: Path) -> str:
        """Return what it prints.

        Raises Refused.
        """
        # Arguments after a bare "--" are for the add-on.
        own = words[: words.index("--")] if "--" in words and words[0] != "run" else words
        wanted = parser().parse_args(own)
        name = "_" + wanted.command.replace(":", "_").replace("-", "_")
        method: Callable[[Namespace, Path], str | None] = getattr(self, name)
        try:
            return method(wanted, folder) or ""
        except (BootFailed, BuildFailed, ReleaseFailed) as error:
            raise Refused(f"{wanted.command} failed: {error}") from error

    def _create(self, wanted: Namespace, folder: Path) -> str:
        if wanted.name != self._platform.name:
            raise Refused(f"{wanted.name} is taken")
        subprocess.run(["git", "init", "--quiet", "--bare", self._repository], check=True)
        hook = self._repository / "hooks" / "post-receive"
        hook.write_text(AFTER_PUSH)
        hook.chmod(0o755)
        remote = ["git", "-C", folder, "remote", "add", "heroku", self._repository]
        subprocess.run(remote, check=True)
        return f"{self._platform.url}\n"

    def _built_in_push(self, wanted: Namespace, folder: Path) -> str:
        self._platform.push(Path(wanted.repository), wanted.commit)
        return "Released.\n"

    def _addons_create(self, wanted: Namespace, folder: Path) -> None:
        name = vars(wanted)["as"] or ""
        try:
            config = self._platform.addons.config(wanted.plan, name)
        except KeyError:
            raise Refused(f"Couldn't find the plan {wanted.plan}") from None
        if taken := self._platform.config.keys() & config.keys():
            raise Refused(f"{min(taken)} is set already")
        self._attached[name] = wanted.plan
        self._platform.configure(**config)

    def _addons_attach(self, wanted: Namespace, folder: Path) -> None:
        app, _, name = wanted.addon.partition("::")
        if app != self._platform.name or name not in self._attached:
            raise Refused(f"Couldn't find the add-on {wanted.addon}")
        config = self._platform.addons.config(self._attached[name], vars(wanted)["as"])
        self._platform.configure(**config)

    def _config_set(self, wanted: Namespace, folder: Path) -> None:
        pairs = [value.split("=", 1) for value in wanted.values]
        if any(len(pair) < 2 for pair in pairs):
            raise Refused("config:set wants KEY=VALUE")
        self._platform.configure(**dict(pairs))

    def _config_get(self, wanted: Namespace, folder: Path) -> str:
        return f"{self._platform.config.get(wanted.name, '')}\n"

    def _config_unset(self, wanted: Namespace, folder: Path) -> None:
        self._platform.configure(**{wanted.name: None})

    def _labs_enable(self, wanted: Namespace, folder: Path) -> None:
        self._platform.has_metadata = True

    def _run(self, wanted: Namespace, folder: Path) -> str:
        ran = self._platform.run(shlex.join(wanted.words))
        if ran.returncode:
            raise Refused(f"{ran.stdout}{ran.stderr}")
        return ran.stdout

    def _open(self, wanted: Namespace, folder: Path) -> str:
        return f"{self._platform.url}\n"

    def _ps_type(self, wanted: Namespace, folder: Path) -> None:
        kind, _, size = wanted.type.partition("=")
        if kind != "web" or size not in ("eco", "basic", "standard-1x", "standard-2x"):
            raise Refused(f"{wanted.type} is no type of dyno")
        self._platform.type = size

    def _ps_scale(self, wanted: Namespace, folder: Path) -> None:
        kind, _, size = wanted.size.partition("=")
        if kind != "web" or not size.isdecimal():
            raise Refused("ps:scale wants web=NUMBER")
        if int(size) > 1 and self._platform.type in ("eco", "basic"):
            raise Refused(f"Cannot run more than 1 {self._platform.type} size dyno")
        self._platform.scale(int(size))

    def _ps_restart(self, wanted: Namespace, folder: Path) -> None:
        self._platform.restart()

    def _maintenance_on(self, wanted: Namespace, folder: Path) -> None:
        self._platform.maintain(True)

    def _maintenance_off(self, wanted: Namespace, folder: Path) -> None:
        self._platform.maintain(False)

    def _pg_backups_schedule(self, wanted: Namespace, folder: Path) -> None:
        if wanted.database not in self._platform.config or not wanted.at:
            raise Refused("pg:backups:schedule wants a database and a time")

    def _pg_backups_capture(self, wanted: Namespace, folder: Path) -> None:
        self._platform.addons.dump(self._backup)

    def _pg_backups_download(self, wanted: Namespace, folder: Path) -> None:
        (folder / wanted.output).write_bytes(self._backup.read_bytes())

    def _pg_backups_restore(self, wanted: Namespace, folder: Path) -> None:
        if wanted.confirm != self._platform.name:
            raise Refused("pg:backups:restore must be confirmed")
        self._platform.addons.restore(self._backup)
