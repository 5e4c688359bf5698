"""What isn't a passkey's answer signs nobody in and never fails with an error of ours."""

import json
from typing import Any

import pytest
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.models import Authenticator
from django.test import Client
from fido2.utils import websafe_encode

from chatapp.accounts import guesses
from chatapp.accounts.attempts import Limit
from chatapp.accounts.models import Person
from tests.accounts.two_step.factors import (
    JSON,
    SECOND_STEP,
    give_password,
    is_signed_in,
)
from tests.support.people import PASSWORD

pytestmark = pytest.mark.django_db
SIGN_IN = "/account/passkey/"
ADD = "/account/two-step/passkeys/"
TEXT = websafe_encode(b"{}")


def credential(**response: Any) -> dict[str, Any]:
    return {"id": TEXT, "rawId": TEXT, "type": "public-key", "response": response}


CREATED, GOT = (
    websafe_encode(
        json.dumps(
            {"type": f"webauthn.{kind}", "challenge": "AAAA", "origin": "http://testserver"}
        ).encode()
    )
    for kind in ("create", "get")
)
HOSTILE: list[Any] = [
    "not JSON",
    "[]",
    "1",
    "null",
    '"text"',
    "{}",
    "[" * 5000,
    json.dumps(credential()),
    json.dumps(credential(userHandle=1)),
    json.dumps(credential(userHandle="%%%")),
    json.dumps(credential(userHandle=websafe_encode(b"\xff\xfe"))),
    json.dumps(credential(userHandle=websafe_encode(b"0" * 40))),
    json.dumps(credential(clientDataJSON=TEXT, authenticatorData="", signature="")),
    json.dumps(credential(clientDataJSON=5, authenticatorData=[], signature={})),
    json.dumps(credential(clientDataJSON=TEXT, attestationObject=TEXT)),
    json.dumps(credential(clientDataJSON=TEXT, attestationObject=websafe_encode(b"\xff" * 40))),
    json.dumps(credential(clientDataJSON=TEXT, attestationObject=websafe_encode(b"\xa0"))),
    *(
        json.dumps(
            credential(
                clientDataJSON=GOT,
                authenticatorData=websafe_encode(b"\x00" * 32 + b"\x85\x00\x00\x00\x00" + data),
                signature=TEXT,
            )
        )
        for data in (b"", b"\xff", b"\x19", b"\x81" * 5000)
    ),
    *(
        json.dumps(credential(clientDataJSON=CREATED, attestationObject=websafe_encode(data)))
        for data in (
            b"",
            b"\xff" * 40,
            b"\xa0",
            b"\x9f" * 300,
            b"\x81" * 6000,
            b"\x19",
            b"\xa3cfmtdnonegattStmt\xa0hauthData\x41\x00",
            b"\xa3cfmtdnonegattStmt\xa0hauthData\x58\x25" + b"\x00" * 32 + b"\x45\x00\x00\x00\x00",
        )
    ),
    json.dumps({**credential(), "id": "é", "rawId": "é"}),
]


def test_no_such_answer_signs_in(stranger_client: Client, owner: Person) -> None:
    for answer in HOSTILE:
        stranger_client.get(SIGN_IN, headers=JSON)
        response = stranger_client.post(SIGN_IN, {"credential": answer})
        assert response["Location"] == "/account/sign-in/?passkey=failed", answer

    assert "This passkey can't be used here" in stranger_client.get(response["Location"]).text
    assert not is_signed_in(stranger_client)


def test_no_such_answer_is_a_second_step(stranger_client: Client, owner: Person) -> None:
    Authenticator.objects.create(user=owner, type="totp", data={"secret": ""})
    give_password(stranger_client, owner.email)
    stranger_client.get(SECOND_STEP)

    for answer in HOSTILE:
        response = stranger_client.post(SECOND_STEP, {"credential": answer})
        assert response.status_code == 200, answer

    assert not is_signed_in(stranger_client)


def test_no_such_answer_is_added(member_client: Client) -> None:
    member_client.post("/account/reauthenticate/", {"password": PASSWORD})
    member_client.get(ADD)

    for answer in HOSTILE:
        response = member_client.post(ADD, {"credential": answer, "name": "x"})
        assert response.status_code == 200
        assert response.context["form"].errors, answer

    assert not Authenticator.objects.exists()


def test_an_answer_in_the_name_of_somebody_is_refused(
    stranger_client: Client, owner: Person
) -> None:
    stranger_client.get(SIGN_IN, headers=JSON)
    handle = websafe_encode(user_pk_to_url_str(owner).encode())
    answer = credential(
        userHandle=handle, clientDataJSON=TEXT, authenticatorData=TEXT, signature=TEXT
    )

    stranger_client.post(SIGN_IN, {"credential": json.dumps(answer)})

    assert not is_signed_in(stranger_client)


def test_answers_are_counted_for_each_address(
    stranger_client: Client, owner: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    limit = Limit("passkeys", 2, guesses.TEN_MINUTES)
    monkeypatch.setattr(guesses, "PASSKEY_FROM_ADDRESS", limit)
    answer = {"credential": json.dumps(credential(clientDataJSON=TEXT))}

    for _ in range(3):
        stranger_client.post(SIGN_IN, answer)

    assert not limit.of("127.0.0.1").take()


def test_the_sign_in_page_asks_nothing_of_people_without_scripts(
    stranger_client: Client, owner: Person
) -> None:
    assert stranger_client.get(SIGN_IN)["Location"] == "/account/sign-in/"
    assert "sessionid" not in stranger_client.get("/account/sign-in/").cookies


def test_the_page_names_passkeys_only_where_there_is_one(
    stranger_client: Client, owner: Person
) -> None:
    Authenticator.objects.create(user=owner, type="totp", data={"secret": ""})
    give_password(stranger_client, owner.email)

    page = stranger_client.get(SECOND_STEP).text

    assert "passkey-form" not in page
