"""Whether words come as they are written."""

import asyncio

import pytest

from chatapp.doctor.checks import streaming
from tests.doctor.conftest import Serve
from tests.inference.wire import OK, chunk, event, refusal, text_event, writes

END = chunk(b"data: [DONE]\n\n") + b"0\r\n\r\n"


async def test_words_one_after_another_are_green(serve: Serve) -> None:
    async def answer(writer: asyncio.StreamWriter) -> None:
        writer.write(OK + chunk(text_event("one")))
        await asyncio.sleep(streaming.AT_ONCE)
        writer.write(chunk(text_event(", two")) + END)

    service = await serve(answer)

    result = await streaming.look()

    assert result.level == "green"
    assert result.found.startswith("2 pieces, the first after 0.")
    assert service.bodies[0]["max_tokens"] < 50


async def test_words_that_were_held_back_are_yellow(serve: Serve) -> None:
    async def answer(writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(streaming.AT_ONCE)
        writer.write(OK + chunk(text_event("one") + text_event(", two")) + END)

    await serve(answer)

    result = await streaming.look()

    assert result.level == "yellow"
    assert "held back" in result.fix


async def test_a_fast_answer_in_one_piece_is_no_fault(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streaming, "AT_ONCE", 5)
    await serve(writes(OK + chunk(text_event("one")) + END))

    assert (await streaming.look()).level == "green"


async def test_an_answer_without_words_proves_nothing(serve: Serve) -> None:
    await serve(writes(OK + chunk(event(role="assistant")) + END))

    assert (await streaming.look()).level == "note"


@pytest.mark.parametrize(
    ("status", "fix"), [(401, "See the line of the model service."), (500, "If it stays so")]
)
async def test_a_refusal_is_red_and_mended_in_one_place(
    serve: Serve, status: int, fix: str
) -> None:
    await serve(refusal(status))

    result = await streaming.look()

    assert result.level == "red"
    assert result.fix.startswith(fix)


async def test_without_a_service_nobody_is_asked(no_service: None) -> None:
    assert (await streaming.look()).level == "note"
