"""Whether text arrives as it is written."""

import asyncio

import pytest

from chatapp.diagnostics.checks import model_service
from tests.diagnostics.conftest import Serve
from tests.inference.wire import OK, chunk, event, refusal, text_event, writes

pytestmark = pytest.mark.usefixtures("no_ledger")

END = chunk(b"data: [DONE]\n\n") + b"0\r\n\r\n"


async def test_pieces_one_after_another_are_green(serve: Serve) -> None:
    async def answer(writer: asyncio.StreamWriter) -> None:
        writer.write(OK + chunk(text_event("one")))
        await asyncio.sleep(model_service.AT_ONCE_SECONDS)
        writer.write(chunk(text_event(", two")) + END)

    service = await serve(answer)

    result = await model_service.check_streaming()

    assert result.level == "green"
    assert result.found.startswith("2 pieces, the first after 0.")
    assert service.bodies[0]["max_tokens"] < 50


async def test_an_answer_that_was_held_back_is_yellow(serve: Serve) -> None:
    async def answer(writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(model_service.AT_ONCE_SECONDS)
        writer.write(OK + chunk(text_event("one") + text_event(", two")) + END)

    await serve(answer)

    result = await model_service.check_streaming()

    assert result.level == "yellow"
    assert "held back" in result.fix


async def test_a_fast_answer_in_one_piece_is_green(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(model_service, "AT_ONCE_SECONDS", 5)
    await serve(writes(OK + chunk(text_event("one")) + END))

    assert (await model_service.check_streaming()).level == "green"


async def test_an_answer_without_text_is_a_note(serve: Serve) -> None:
    await serve(writes(OK + chunk(event(role="assistant")) + END))

    assert (await model_service.check_streaming()).level == "note"


@pytest.mark.parametrize(("status", "fix"), [(401, "See “Model service”."), (500, "If it lasts")])
async def test_a_refusal_is_red_and_fixed_in_one_place(serve: Serve, status: int, fix: str) -> None:
    await serve(refusal(status))

    result = await model_service.check_streaming()

    assert result.level == "red"
    assert result.fix.startswith(fix)


async def test_without_a_service_the_check_is_skipped(no_service: None) -> None:
    assert (await model_service.check_streaming()).level == "note"
