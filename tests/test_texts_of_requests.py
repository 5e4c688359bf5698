"""Whatever text a request brings, in whatever place: it is answered, and what is stored is valid.

A form is in the charset that its sender names. UTF-7 is one that can hold half a surrogate pair; in
UTF-8 the bytes of a half are wrong bytes.
"""

import uuid
from collections.abc import Callable
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import pytest
from django.test import AsyncClient

from chatapp import background
from chatapp.accounts.models import Person
from chatapp.conversations.models import (
    Conversation,
    Defaults,
    Draft,
    Exchange,
    Message,
    ToolCall,
)
from chatapp.images.models import Image
from chatapp.mcp.models import Server
from tests.images.samples import encoded, noise
from tests.replies.test_texts_of_models import stored
from tests.support.fixtures import exchange, no_reply, no_service
from tests.texts import FEW, LONG_TEXTS, TEXTS, is_valid, sampled, valid

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("no_service", "no_reply"),
]
__all__ = ["exchange", "no_reply", "no_service"]

JSON = {"accept": "application/json"}
ALL_TEXTS = TEXTS | LONG_TEXTS
# Where the texts of `tests.texts` arrive unchanged.
UTF_7 = "multipart/form-data; boundary=boundary; charset=utf-7"
URLENCODED = "application/x-www-form-urlencoded"


@pytest.fixture
def client(async_client_of: Callable[[Person], AsyncClient], owner: Person) -> AsyncClient:
    return async_client_of(owner)


def part(name: str, value: str) -> bytes:
    head = b'--boundary\r\nContent-Disposition: form-data; name="'
    return head + name.encode("utf-7") + b'"\r\n\r\n' + value.encode("utf-7") + b"\r\n"


def form(fields: dict[str, str]) -> bytes:
    return b"".join([*(part(*field) for field in fields.items()), b"--boundary--\r\n"])


def in_url(text: str) -> str:
    return quote(text.encode("utf-8", "surrogatepass"))


async def raw_post(
    client: AsyncClient, path: str, body: bytes, kind: str, headers: dict[str, str]
) -> Any:
    """Post the body as it is, because `client.post` would encode it again."""
    return await client.generic("POST", path, body, kind, headers=headers)  # type: ignore[arg-type]


async def post(client: AsyncClient, path: str, fields: dict[str, str], **headers: str) -> Any:
    """Post in UTF-7 and in UTF-8, check that neither fails, and return the first response."""
    first = await raw_post(client, path, form(fields), UTF_7, JSON | headers)
    plain = "&".join(f"{in_url(name)}={in_url(text)}" for name, text in fields.items())
    second = await raw_post(client, path, plain.encode(), URLENCODED, JSON | headers)
    for answer in (first, second):
        assert answer.status_code < HTTPStatus.INTERNAL_SERVER_ERROR
        answer.content.decode()
    assert is_valid(await background.in_thread(stored))
    return first


@pytest.mark.parametrize("name", sampled(ALL_TEXTS))
async def test_a_message_is_made_valid(client: AsyncClient, name: str) -> None:
    conversation = uuid.uuid4()
    fields = {"client_id": str(uuid.uuid4()), "text": ALL_TEXTS[name]}
    answer = await post(client, f"/c/{conversation}/messages", fields)

    if len(valid(name)) <= 1_000_000:
        assert answer.status_code == HTTPStatus.CREATED
        assert (await Message.objects.aget(role="user")).text == valid(name)
    assert (await client.get(f"/c/{conversation}/")).status_code == HTTPStatus.OK


@pytest.mark.parametrize("name", sampled(ALL_TEXTS))
async def test_a_draft_is_made_valid(client: AsyncClient, name: str) -> None:
    ids = {"client_id": str(uuid.uuid4()), "tab": str(uuid.uuid4()), "edit": "1"}
    image = f"https://example.com/{TEXTS.get(name, '')}.png"
    await post(client, "/draft", {"text": ALL_TEXTS[name], "image": image, **ids})

    assert (await Draft.objects.aget()).text == valid(name)
    assert (await client.get("/")).status_code == HTTPStatus.OK


@pytest.mark.parametrize("name", sampled(ALL_TEXTS))
async def test_a_title_is_made_valid(client: AsyncClient, exchange: Exchange, name: str) -> None:
    path = f"/c/{exchange.conversation.pk}"
    await post(client, f"{path}/title", {"title": f"The {ALL_TEXTS[name]}"})

    assert (await client.get(f"{path}/")).status_code == HTTPStatus.OK


async def test_a_title_keeps_what_is_valid(client: AsyncClient, exchange: Exchange) -> None:
    for name in TEXTS:
        fields = form({"title": f"<{TEXTS[name]}>"})
        await raw_post(client, f"/c/{exchange.conversation.pk}/title", fields, UTF_7, JSON)

        assert (await Conversation.objects.aget()).title == f"<{valid(name)}>"


SETTINGS = ("model", "thinking", "temperature", "top_p", "max_tokens")


@pytest.mark.parametrize("name", sampled(ALL_TEXTS))
async def test_settings_are_made_valid(client: AsyncClient, exchange: Exchange, name: str) -> None:
    text = ALL_TEXTS[name]
    for path in (f"/c/{exchange.conversation.pk}/settings", "/settings/defaults"):
        for field in [f"tool:{text}", *SETTINGS] if name in TEXTS else ["thinking"]:
            answer = await post(client, path, {field: text})
            assert answer.status_code in (204, 422)
            await post(client, path, {field: text}, accept="text/html")
        await post(client, path, {"instructions": text})
        await raw_post(client, path, form({"instructions": f"Be {text}"}), UTF_7, JSON)

    if name in TEXTS:
        assert (await Defaults.objects.aget()).instructions == f"Be {valid(name)}".strip()
        assert (await Conversation.objects.aget()).instructions == f"Be {valid(name)}".strip()
    assert (await client.get("/")).status_code == HTTPStatus.OK


@pytest.fixture
def image(owner: Person) -> Image:
    return Image.objects.create(
        owner=owner, sha256="0" * 64, content_type="image/png", width=1, height=1, byte_size=1
    )


@pytest.mark.parametrize("name", sampled(ALL_TEXTS))
async def test_an_image_description_is_made_valid(
    client: AsyncClient, image: Image, name: str
) -> None:
    answer = await post(client, f"/images/{image.pk}/alt", {"alt": f"A {ALL_TEXTS[name]}"})

    assert answer.status_code == HTTPStatus.OK


@pytest.mark.parametrize(
    ("name", "size"),  # in pixels; the file of the larger one goes to disk, whatever its name
    [
        *(pytest.param(*text.values, 40, marks=text.marks) for text in sampled(TEXTS)),
        ("NUL", 1_300),
        pytest.param("a high half", 1_300, marks=pytest.mark.long),
    ],
)
@pytest.mark.parametrize("charset", ["utf-7", "utf-8"])
async def test_a_file_name_is_made_valid(
    client: AsyncClient, name: str, size: int, charset: str
) -> None:
    text = f"a{TEXTS[name]}b.p{TEXTS[name]}g"
    content = encoded(noise("RGB", (size, size), 1), "PNG")
    plain = text.encode(charset, "surrogatepass").replace(b"\0", b"%00")
    escaped = quote(text.encode(charset, "surrogatepass"))
    for given in (
        b'; filename="%s"' % plain,
        b"; filename*=%s''%s" % (charset.encode(), escaped.encode()),
    ):
        head = b'--boundary\r\nContent-Disposition: form-data; name="image"%s\r\n\r\n' % given
        body = head + content + b"\r\n--boundary--\r\n"
        kind = f"multipart/form-data; boundary=boundary; charset={charset}"
        answer = await raw_post(client, "/images/", body, kind, JSON)

        assert answer.status_code in (201, 400, 422)  # Django takes no wrong byte in a head
    assert is_valid(await background.in_thread(stored))


IN_A_MESSAGE = ("link", "link_to_copy", "image", "parent", "client_id")


@pytest.mark.parametrize("name", sampled(ALL_TEXTS))
async def test_an_image_link_is_made_valid(
    client: AsyncClient, exchange: Exchange, name: str
) -> None:
    text = ALL_TEXTS[name]
    path = f"/c/{exchange.conversation.pk}/messages"
    for link in (text, f"https://127.0.0.1:1/{text}", f"https://{text}.example/"):
        answer = await post(client, "/images/links", {"link": link})
        assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
        for field in IN_A_MESSAGE if name in TEXTS else ["link"]:
            ids = {"client_id": str(uuid.uuid4()), "parent": str(exchange.reply.pk)}
            answer = await post(client, path, {"text": "See", **ids, field: link})
            assert answer.status_code in (201, 409, 422)
            await Message.objects.filter(position__gt=1).adelete()


@pytest.mark.parametrize("name", sampled(ALL_TEXTS))
async def test_the_fields_of_an_mcp_server_are_made_valid(client: AsyncClient, name: str) -> None:
    text = ALL_TEXTS[name]
    good = {"name": "Notes", "url": "http://127.0.0.1:1/mcp", "token": ""}
    for field in good:
        for value in (text, good[field] + text):
            await post(client, "/tools/servers/add", good | {field: value})
            await Server.objects.all().adelete()
    await post(client, "/tools/built-in", {"calculate": text})

    assert (await client.get("/tools/")).status_code == HTTPStatus.OK


@pytest.mark.parametrize("name", sampled(ALL_TEXTS))
async def test_any_text_in_the_forms_of_an_account_is_answered(
    client: AsyncClient, owner: Person, name: str
) -> None:
    stranger, text = AsyncClient(), TEXTS.get(name, "m" * 100_000)
    for email in (text, f"{text}@example.com", f"ada@{text}.example", owner.email):
        for path in ("/account/sign-in/", "/account/reset/", "/welcome/"):
            fields = {"login": email, "email": email, "password": text, "setup_code": text}
            await post(stranger, path, fields)
    for path in ("/account/password/", "/theme/", "/account/reauthenticate/"):
        fields = {"theme": text, "oldpassword": text, "password1": text, "password2": text}
        await post(client, path, fields | {"password": text})


@pytest.mark.parametrize("name", sampled(TEXTS))
async def test_any_text_in_the_form_of_the_first_account_is_answered(name: str) -> None:
    text = TEXTS[name]
    for email in (f"ada{text}@example.com", f"ada@{text}example.com"):
        await post(AsyncClient(), "/welcome/", {"email": email, "password": f"long enough {text}"})

    await post(AsyncClient(), "/welcome/", {"email": "a@example.com", "password": f"long {text}"})
    assert await Person.objects.aexists()


@pytest.mark.parametrize("name", sampled(TEXTS))
async def test_any_text_in_a_choice_is_answered(
    client: AsyncClient, exchange: Exchange, name: str
) -> None:
    reply = f"/c/{exchange.conversation.pk}/replies/{exchange.reply.pk}"
    await post(client, f"{reply}/exclusion", {"scope": TEXTS[name]})
    for fields in ({"decision": TEXTS[name]}, {"decision": "allow", "attempt": TEXTS[name]}):
        await post(client, f"{reply}/tool-calls/{uuid.uuid4()}/decision", fields)


NUMBERS = ["9" * 5_000, "٣", "²", "-1", "1e3"]
TIMES = ["2026-01-01T00:00:00_", "0001-01-01T00:00:00+23:59_", "9999-12-31T23:59:59.999999Z_"]


IN_A_QUERY = TEXTS | {text[:30]: text for text in [*NUMBERS, *TIMES]}


@pytest.mark.parametrize("name", sampled(IN_A_QUERY, (*FEW, "²", TIMES[2])))
async def test_any_text_in_a_query_or_path_is_answered(
    client: AsyncClient, exchange: Exchange, name: str
) -> None:
    text = IN_A_QUERY[name]
    written = in_url(text)
    conversation = f"/c/{exchange.conversation.pk}"
    reply = f"{conversation}/replies/{exchange.reply.pk}"
    pages = [
        f"{conversation}/messages?before={written}",
        f"{conversation}/messages?after={written}",
        f"/conversations?before={written}",
        f"/conversations?before={written}{uuid.uuid4()}",
        f"/tools/?at={written}&note={written}",
        f"/account/sign-in/?next={written}",
        f"/?{written}={written}",
    ]
    for page in pages:
        for headers in (JSON, {}):
            for kind in ("", "text/plain; charset=utf-7"):
                answer = await client.get(page, headers=headers | {"content-type": kind})
                assert answer.status_code in (200, 302), page
    for page in (f"/{written}", f"/c/{written}/", f"/account/reset/0-{written}/"):
        assert (await client.get(page)).status_code < HTTPStatus.INTERNAL_SERVER_ERROR
    done = {"round": 0, "index": 0, "text_length": 0, "call_id": "1", "name": "x", "state": "done"}
    call = await ToolCall.objects.acreate(reply=exchange.reply, **done)
    answer = await post(client, f"{reply}/tool-calls/{call.pk}/decision",
                        {"decision": "allow", "attempt": text})  # fmt: skip
    assert answer.status_code == HTTPStatus.OK


OCTAL = "".join(f"\\{byte:03o}" for byte in "a\0😀".encode())
HEADERS = [b"\0", b"\xff\xfe", "日本\u0301".encode(), b"\xed\xa0\xbd", b"x" * 8_000]


@pytest.mark.parametrize("value", HEADERS, ids=lambda value: ascii(value[:9]))
async def test_any_text_in_a_header_is_answered(client: AsyncClient, value: bytes) -> None:
    text = value.decode("latin-1")
    for name in ("X-Request-ID", "Accept-Language", "User-Agent", "Origin", "Referer", "Accept"):
        answer = await client.get("/", headers={name: text})
        assert answer.status_code == HTTPStatus.OK
    for cookie in ("sessionid", "csrftoken", "zone", "theme", "messages", "other"):
        for written in (text, f'"{text}"', f'"{OCTAL}"', f'"a{OCTAL}aaaaaaaaaaaaa"'):
            client.cookies.clear()
            answer = await client.get("/", headers={"cookie": f"{cookie}={written}"})
            assert answer.status_code == HTTPStatus.FOUND
