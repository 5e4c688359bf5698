"""A question and its reply, as a browser sees them."""

import uuid
from typing import Any

import httpx

from tests.support.markup import REPLY_ID, TOOL_CALL_STATE
from tests.tool_calls.environment import Instance
from tests.tool_calls.pauses import until
from tests.tool_calls.question import Question


class ToolConversation:
    """Requests go to the process at `url`, unless another is named."""

    def __init__(self, instance: Instance, question: Question, url: str) -> None:
        self.instance = instance
        self.question = question
        self.url = url
        self.reply = ""
        self.id = str(uuid.uuid4())

    @property
    def path(self) -> str:
        return f"/c/{self.id}/replies/{self.reply}"

    async def send(self, question: Question | None = None) -> None:
        self.question = question or self.question
        answer = await self.post(
            f"/c/{self.id}/messages", client_id=str(uuid.uuid4()), text=str(self.question)
        )
        assert answer.status_code == 201, answer.text
        [self.reply] = REPLY_ID.findall(answer.json()["messages"])

    async def decide(self, what: str, decision: str, url: str = "") -> httpx.Response:
        return await self.post(await self.decision_path(what), url, decision=decision)

    async def decision_path(self, what: str) -> str:
        tool_calls = await self.instance.database.tool_calls(self.reply)
        [tool_call] = [tool_call["id"] for tool_call in tool_calls if tool_call["what"] == what]
        return f"{self.path}/tool-calls/{tool_call}/decision"

    async def post(self, path: str, url: str = "", **fields: str) -> httpx.Response:
        return await self.instance.person.post((url or self.url) + path, **fields)

    async def state(self, url: str = "") -> dict[str, Any]:
        answer = await self.instance.person.get(f"{url or self.url}{self.path}/state")
        state: dict[str, Any] = answer.json()
        return state

    async def until(self, *statuses: str, url: str = "") -> dict[str, Any]:
        """Wait until the reply is in one of these states."""

        async def look() -> dict[str, Any] | None:
            state = await self.state(url)
            return state if state["status"] in statuses else None

        found = await until(look)
        assert found
        return found

    async def row(self) -> dict[str, Any]:
        return await self.instance.database.row(self.reply)

    async def tool_calls(self) -> list[tuple[str, str]]:
        return [
            (tool_call["what"], tool_call["state"])
            for tool_call in await self.instance.database.tool_calls(self.reply)
        ]

    async def shown(self, url: str = "") -> list[str]:
        """Return the states of the calls that the conversation's page shows."""
        page = await self.instance.person.get(f"{url or self.url}/c/{self.id}/")
        return self.tool_calls_in(page.text)

    @staticmethod
    def tool_calls_in(html: str) -> list[str]:
        return TOOL_CALL_STATE.findall(html)

    @property
    def runs(self) -> dict[str, int]:
        """Return how often each of the calls was made."""
        whats = [call.split()[1] for calls in self.question.rounds for call in calls]
        return {what: self.instance.model.runs_of(what) for what in whats}
