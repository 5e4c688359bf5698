"""Deploy by the README's commands, from first to last, with what happens in between."""

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx
import pytest
from PIL import Image
from playwright.sync_api import expect

from chatapp.inference.demo.answers import answer
from tests.rehearsal.addons import running_addons
from tests.rehearsal.command_line import CommandLine, parser
from tests.rehearsal.person import Person, visiting
from tests.rehearsal.pieces import LOST, WHOLE
from tests.rehearsal.platform import Platform, watched
from tests.rehearsal.readme import Readme
from tests.rehearsal.router import running_router
from tests.rehearsal.slug import Builder
from tests.rehearsal.terminal import CommandFailed, Terminal, open_terminal
from tests.servers.app import ROOT
from tests.servers.certificates import self_signed

NAME = "your-chat"  # as the README calls it
SETTLE_SECONDS = 120
SILENCE = 65  # seconds; longer than every time limit of the router
LONG = "/rate 40 /long 800"  # 20 seconds
BROKEN_MIGRATION = """from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("accounts", "{last}")]
    operations = [migrations.RunSQL("SELECT 1 / 0")]
"""


class Rehearsal:
    """Each method is a step; `__main__` runs them in order."""

    def __init__(
        self, platform: Platform, terminal: Terminal, readme: Readme, person: Person, folder: Path
    ) -> None:
        self.platform = platform
        self.terminal = terminal
        self.readme = readme
        self.person = person
        self.folder = folder
        self.memory_mb = 0.0  # of the one dyno, after the first hundred replies
        self.connections = 0  # to Postgres, the most with one dyno
        self.build_seconds = 0.0
        self._with_image = ""  # address of the conversation that has one

    def deploy(self) -> None:
        """Deploy as the README says, from nothing to a page."""
        said = self.terminal.type(self.readme.take("heroku create"))
        assert self.platform.config["CHAT_SETUP_CODE"] in said
        assert self.platform.url in said
        self.build_seconds = self.platform.build_seconds

    def claim(self) -> None:
        """Check that plain HTTP redirects to TLS, and that only the setup code makes an owner."""
        plain = httpx.get(self.platform.router.plain_url, headers={"host": self.platform.domain})
        assert plain.headers["location"] == f"https://{self.platform.domain}/"
        self.person.claim(self.platform.config["CHAT_SETUP_CODE"])
        for coding in ("br", "gzip"):
            kept = self.person.fetch_stylesheet(coding)
            assert kept["content-encoding"] == coding
            assert "immutable" in kept["cache-control"]

    def talk(self) -> None:
        assert "One" in self.person.chat.ask("/echo One, two, three.")
        image = self.folder / "image.png"
        Image.new("RGB", (640, 400), "#2c6a55").save(image)
        assert self.person.show_image(image)
        self._with_image = self.person.page.url

    def stay_silent(self) -> None:
        """Let the model be silent while the router would cut a connection that is."""
        self.person.begin(f"/silent {SILENCE} /echo At last.")
        sockets = len(self.person.sockets)
        assert "At last." in self.person.see_the_end()
        assert len(self.person.sockets) == sockets, "the socket was cut"

    def crowd(self) -> None:
        """Make the first hundred replies, ten at a time."""
        for _ in range(10):
            self.person.send_many(["/rate 200 /long 200"] * 10)
            self._settle()
        self.memory_mb = self.platform.dynos[0].memory_mb

    def push_again(self) -> None:
        """Deploy while replies run."""
        self._replies_run()
        self.terminal.commit("Another release")
        self.terminal.type("git push heroku main")
        self._replies_are_whole()

    def push_a_broken_migration(self) -> None:
        """Push a migration that fails; the old release must stay."""
        running = [dyno.port for dyno in self.platform.dynos]
        migrations = self.terminal.clone / "chatapp" / "accounts" / "migrations"
        last = sorted(migrations.glob("0*.py"))[-1].stem
        broken = migrations / "9999_broken.py"
        broken.write_text(BROKEN_MIGRATION.format(last=last))
        self.terminal.commit("A broken migration")
        with pytest.raises(CommandFailed, match="the release phase ended with 1"):
            self.terminal.type("git push heroku main")
        assert [dyno.port for dyno in self.platform.dynos] == running
        broken.unlink()
        self.terminal.commit("Fixed")

    def restart(self) -> None:
        """Restart the dynos, as happens once a day."""
        self._replies_run()
        self.terminal.type("heroku ps:restart")
        self._replies_are_whole()

    def examine(self) -> None:
        """Check that all diagnostics pass when nothing is missing."""
        self.platform.configure(**WHOLE)
        self._see_diagnostics("healthy")
        assert not self.person.page.locator("[data-level=red], [data-level=yellow]").count()
        self.platform.configure(**dict.fromkeys(WHOLE))

    def lose_pieces(self) -> None:
        """Remove one thing at a time: pages are served, and the owner reads what to do."""
        for lost in LOST:
            before = {name: self.platform.config.get(name) for name in lost.config}
            self.platform.configure(**lost.config)
            chat = self.person.chat.open()
            chat.send("/echo Are you there?")
            expect(chat.replies).to_have_attribute("data-status", lost.status)
            conversation = self.person.page.url
            expect(chat.open().page.locator(".owner-notice")).to_contain_text(lost.notice)
            self._see_diagnostics(lost.name)
            red = self.person.page.locator(f"[data-check={lost.check}]")
            expect(red).to_have_attribute("data-level", "red")
            self.platform.configure(**before)
            chat.open(conversation)
            if lost.status == "failed":
                self.person.page.get_by_role("button", name="Retry").click()
            expect(chat.replies).to_have_attribute("data-status", "complete")

    def note_one_dyno(self) -> None:
        """The most connections before there are more dynos: two of them overlapped, a release
        and commands ran."""
        self.connections = self.platform.figures.postgres

    def back_up_and_restore(self) -> None:
        self.terminal.type(self.readme.take("heroku pg:backups:schedule"))
        dump = self.terminal.clone / "latest.dump"
        assert dump.read_bytes().startswith(b"PGDMP")
        dump.unlink()
        before = self._read_conversation()
        self.platform.addons.drop()
        self.terminal.type(self.readme.take("heroku maintenance:on"))
        assert self._read_conversation() == before

    def scale(self) -> None:
        """Scale to three dynos that share events, and back to one, both while replies run."""
        self._replies_run()
        self.terminal.type(self.readme.take("heroku addons:create heroku-redis"))
        self._replies_are_whole()
        self._replies_run()
        self.terminal.type("heroku ps:scale web=1")
        self._replies_are_whole()

    def attach(self) -> None:
        self.terminal.type(self.readme.take("heroku addons:attach"))
        assert "two" in self.person.chat.open().ask("/echo one, two")

    def type_the_rest(self) -> None:
        """Check that no block is left, and that every other command of the pages is valid."""
        assert not self.readme.blocks, self.readme.blocks
        for words in self.readme.spelled:
            own = words[1 : words.index("--")] if "--" in words else words[1:]
            parser().parse_args(own)

    def replies(self) -> tuple[int, list[str]]:
        """Return how many replies there are, and a line for each that isn't what the model sent."""
        rows = self.platform.addons.query(
            "SELECT question.text, reply.text, reply.status, reply.id::text, "
            "(SELECT count(*) FROM conversations_attachment WHERE message_id = question.id) "
            "FROM conversations_message reply JOIN conversations_message question "
            "ON question.conversation_id = reply.conversation_id "
            "AND question.id = reply.parent_id WHERE reply.role = 'assistant' AND reply.on_branch"
        )
        lost = []
        for question, text, status, reply, images in rows:
            said = answer({"messages": [{"role": "user", "content": question}]}).text
            if status != "complete" or not (text == said or (images and text)):
                lost.append(f"{reply}: {status}, {question!s:.40}")
        return len(rows), lost

    def _see_diagnostics(self, name: str) -> None:
        page = self.person.page
        page.goto("/diagnostics/")
        expect(page.locator("[data-level=pending]")).to_have_count(0, timeout=SETTLE_SECONDS * 1000)
        page.screenshot(path=self.folder / f"diagnostics-{name}.png", full_page=True)

    def _replies_run(self) -> None:
        """Start a reply on the person's page, and nine more."""
        self.person.begin(LONG)
        self.person.send_many([LONG] * 9)

    def _replies_are_whole(self) -> None:
        self.person.see_the_end()
        self._settle()
        _count, lost = self.replies()
        assert not lost, lost

    def _settle(self) -> None:
        """Wait until no reply runs."""
        deadline = time.monotonic() + SETTLE_SECONDS
        running = "SELECT id FROM conversations_message WHERE status IN ('queued', 'streaming')"
        while self.platform.addons.query(running):
            assert time.monotonic() < deadline, "replies hang"
            time.sleep(0.5)

    def _read_conversation(self) -> tuple[list[str], list[int]]:
        """Return the reply about the image, and the image's bytes as the page gets them."""
        self.person.page.goto(self._with_image)
        return self.person.chat.said, self.person.bytes_of_image()


@contextmanager
def rehearsing(folder: Path, *, anew: bool) -> Iterator[Rehearsal]:
    """Start all servers, with nothing deployed. Logs stay in `folder`."""
    with ExitStack() as stack:
        addons = stack.enter_context(running_addons(folder))
        router = stack.enter_context(running_router(*self_signed(folder, "router")))
        platform = Platform(NAME, folder, addons, router, Builder(folder, anew=anew))
        stack.callback(platform.shut_down)
        command_line = CommandLine(platform, folder)
        terminal = stack.enter_context(open_terminal(ROOT, folder, command_line))
        person = stack.enter_context(visiting(platform.url))
        stack.enter_context(watched(platform))
        yield Rehearsal(platform, terminal, Readme(ROOT), person, folder)
