"""One question of a person's and its reply, as it is seen from outside."""

import re
import uuid
from typing import Any

import httpx

from tests.support.tab import JSON
from tests.tool_calls.holds import until
from tests.tool_calls.house import House
from tests.tool_calls.question import Question

STEP = re.compile(r'data-part="tool" data-state="(\w+)"')
REPLY = re.compile(r'data-message="([0-9a-f-]{36})" data-role="assistant"')


class Talk:
    """Requests go to the process at `url`; a path may be asked of another one too."""

    def __init__(self, house: House, question: Question, url: str) -> None:
        self.house = house
        self.question = question
        self.url = url
        self.reply = ""
        self.conversation = str(uuid.uuid4())

    @property
    def path(self) -> str:
        return f"/c/{self.conversation}/replies/{self.reply}"

    async def send(self, question: Question | None = None) -> None:
        self.question = question or self.question
        answer = await self.post(
            f"/c/{self.conversation}/messages", client_id=str(uuid.uuid4()), text=str(self.question)
        )
        assert answer.status_code == 201, answer.text
        [self.reply] = REPLY.findall(answer.json()["messages"])

    async def decide(self, what: str, word: str, url: str = "") -> httpx.Response:
        return await self.post(await self.decision_branch(what), url, decision=word)

    async def decision_branch(self, what: str) -> str:
        tool_calls = await self.house.table.tool_calls(self.reply)
        [tool_call] = [tool_call["id"] for tool_call in tool_calls if tool_call["what"] == what]
        return f"{self.path}/tool-calls/{tool_call}/decision"

    async def post(self, path: str, url: str = "", **fields: str) -> httpx.Response:
        return await self.house.person.post((url or self.url) + path, **fields)

    async def state(self, url: str = "") -> dict[str, Any]:
        answer = await self.house.person.http.get(
            f"{url or self.url}{self.path}/state", headers=JSON
        )
        answer.raise_for_status()
        state: dict[str, Any] = answer.json()
        return state

    async def until(self, *statuses: str, url: str = "") -> dict[str, Any]:
        """Waits for the page to say so."""

        async def look() -> dict[str, Any] | None:
            state = await self.state(url)
            return state if state["status"] in statuses else None

        found = await until(look)
        assert found
        return found

    async def row(self) -> dict[str, Any]:
        return await self.house.table.row(self.reply)

    async def tool_calls(self) -> list[tuple[str, str]]:
        return [
            (tool_call["what"], tool_call["state"])
            for tool_call in await self.house.table.tool_calls(self.reply)
        ]

    async def shown(self, url: str = "") -> list[str]:
        """The states of the calls that the conversation's page shows."""
        url = f"{url or self.url}/c/{self.conversation}/"
        page = await self.house.person.http.get(url)
        page.raise_for_status()
        return self.tool_calls_in(page.text)

    @staticmethod
    def tool_calls_in(html: str) -> list[str]:
        return STEP.findall(html)

    @property
    def did(self) -> dict[str, int]:
        """How often each of the calls was made."""
        whats = [call.split()[1] for calls in self.question.rounds for call in calls]
        return {what: self.house.outside.did[what] for what in whats}
