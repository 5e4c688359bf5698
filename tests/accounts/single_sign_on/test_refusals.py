"""Sign-ins that are refused: a sentence each, and nothing that could be misused in page or log."""

from collections.abc import Callable
from io import StringIO
from typing import Any

import pytest
from allauth.socialaccount.models import SocialAccount
from django.core.management import CommandError, call_command
from django.test import Client

from chatapp.accounts import guesses
from chatapp.accounts.attempts import Limit
from chatapp.accounts.models import Person
from chatapp.accounts.single_sign_on import http
from chatapp.audit.models import Action, Entry
from chatapp.server import logs
from tests.accounts.single_sign_on.conftest import begin, sign_in
from tests.servers.oidc import CALLBACK, CLIENT_ID, CLIENT_SECRET, BentProvider, signing_key

type Bend = Callable[[BentProvider], None]

UNVERIFIABLE = "The answer of Example ID couldn't be verified."
OWNER = {"email": "owner@example.com"}


def claims(**values: Any) -> Bend:
    return lambda bent: bent.claims.update(values)


def document(**values: Any) -> Bend:
    return lambda bent: bent.document.update(values)


def signed_by(key: Any, algorithm: str) -> Bend:
    def bend(bent: BentProvider) -> None:
        bent.key, bent.algorithm = key, algorithm

    return bend


def user_info(**values: Any) -> Bend:
    def bend(bent: BentProvider) -> None:
        bent.claims["email"] = None
        bent.user_info = values

    return bend


REFUSALS: dict[str, tuple[Bend, str]] = {
    "another key": (signed_by(signing_key("other"), "RS256"), UNVERIFIABLE),
    "no signature": (signed_by(None, "none"), UNVERIFIABLE),
    "a shared secret": (signed_by(CLIENT_SECRET.ljust(32), "HS256"), UNVERIFIABLE),
    "wrong issuer": (claims(iss="https://elsewhere.example"), UNVERIFIABLE),
    "wrong audience": (claims(aud="another app"), UNVERIFIABLE),
    "several audiences": (claims(aud=[CLIENT_ID, "another app"]), UNVERIFIABLE),
    "requested by another app": (claims(azp="another app"), UNVERIFIABLE),
    "wrong nonce": (claims(nonce="replayed"), UNVERIFIABLE),
    "no nonce": (claims(nonce=None), UNVERIFIABLE),
    "expired": (claims(exp=1), UNVERIFIABLE),
    "never expires": (claims(exp=None), UNVERIFIABLE),
    "from the future": (claims(iat=2**33), UNVERIFIABLE),
    "no subject": (claims(sub=None), UNVERIFIABLE),
    "a number as subject": (claims(sub=1), UNVERIFIABLE),
    "a subject without end": (claims(sub="a" * 192), UNVERIFIABLE),
    "a subject that is no text": (claims(sub="anna\0-1"), UNVERIFIABLE),
    "info about somebody else": (user_info(sub="bert-2", email="a@example.com"), UNVERIFIABLE),
    "unverified email": (claims(email_verified=False), "hasn't verified your email"),
    "verified by another word": (claims(email_verified="yes"), "hasn't verified your email"),
    "no email": (user_info(sub="anna-1"), "didn't send an email"),
    "no valid email": (claims(email="anna"), "didn't send an email"),
    # Its small letter is the k of everybody else, so this mailbox would be another person's.
    "a letter that is none": (claims(email="\u212aim@example.com"), "didn't send an email"),
    "domain outside the list": (claims(email="anna@elsewhere.example"), "There is no account"),
    "domain that only ends alike": (claims(email="a@not-example.com"), "There is no account"),
    "subdomain": (claims(email="a@mail.example.com"), "There is no account"),
}


@pytest.mark.parametrize("name", REFUSALS)
def test_a_refusal_is_a_sentence_with_a_way_back(
    stranger_client: Client, bent: BentProvider, caplog: pytest.LogCaptureFixture, name: str
) -> None:
    bend, sentence = REFUSALS[name]
    bend(bent)

    response = sign_in(stranger_client, bent)

    assert response.status_code == 403
    page = response.text.replace("&#x27;", "'")
    assert sentence in page
    assert 'href="/account/sign-in/"' in page
    assert "_auth_user_id" not in stranger_client.session
    assert Person.objects.count() == 1
    assert not SocialAccount.objects.exists()
    assert Entry.objects.get().action == Action.SIGN_IN_FAILED
    secrets = [*bent.tokens, CLIENT_SECRET, "the code"]
    for text in (page, caplog.text, str(Entry.objects.values())):
        assert not any(secret in text for secret in secrets)


@pytest.mark.parametrize("email", ["owner@example.com", "OWNER@EXAMPLE.COM"])
def test_an_unverified_email_opens_no_account_that_exists(
    stranger_client: Client, bent: BentProvider, email: str
) -> None:
    bent.claims = {"email": email, "email_verified": False}

    sign_in(stranger_client, bent)

    assert "_auth_user_id" not in stranger_client.session


@pytest.mark.parametrize("is_linked", [False, True])
def test_a_deactivated_person_is_refused(
    stranger_client: Client, bent: BentProvider, owner: Person, is_linked: bool
) -> None:
    bent.claims = dict(OWNER)
    if is_linked:
        sign_in(Client(), bent)
    Person.objects.update(is_active=False)

    response = sign_in(stranger_client, bent)

    assert "Your account is switched off" in response.text
    assert "_auth_user_id" not in stranger_client.session


def test_an_email_that_the_provider_gave_to_somebody_else_opens_no_account(
    stranger_client: Client, bent: BentProvider
) -> None:
    bent.claims = dict(OWNER)
    sign_in(Client(), bent)
    bent.claims |= {"sub": "another person"}

    response = sign_in(stranger_client, bent)

    assert "belongs to another account of Example ID" in response.text
    assert "_auth_user_id" not in stranger_client.session
    # The provider's account was made anew for the same person, say.
    call_command("unlink_identity", "Owner@example.com", stdout=StringIO())
    assert sign_in(stranger_client, bent).status_code == 302
    with pytest.raises(CommandError, match="no account"):
        call_command("unlink_identity", "nobody@example.com")


@pytest.mark.parametrize(
    "query", ["?code=1&state=made-up", "?code=1", "", "?error=access_denied&state=made-up"]
)
def test_a_state_that_this_browser_has_not_asks_nothing_of_the_provider(
    stranger_client: Client, bent: BentProvider, query: str
) -> None:
    begin(Client())
    asked = list(bent.paths)

    response = stranger_client.get(CALLBACK + query)

    assert response.status_code == 400
    assert "began in another browser" in response.text
    assert bent.paths == asked


def test_a_state_works_once(stranger_client: Client, bent: BentProvider) -> None:
    bent.claims = {"email": "anna@elsewhere.example"}
    path = bent.consent(begin(stranger_client))

    assert [stranger_client.get(path).status_code for _ in range(2)] == [403, 400]


def test_a_person_can_cancel_at_the_provider(stranger_client: Client, bent: BentProvider) -> None:
    path = bent.consent(begin(stranger_client)).replace("code=the+code", "error=access_denied")

    response = stranger_client.get(path)

    assert "You cancelled the sign-in with Example ID." in response.text
    assert not Entry.objects.exists()


def test_a_refusal_of_the_provider_has_a_sentence(
    stranger_client: Client, bent: BentProvider
) -> None:
    path = bent.consent(begin(stranger_client))
    path = path.replace("code=the+code", "error=server_error&error_description=<b>secret</b>")

    response = stranger_client.get(path)

    assert "Example ID refused the sign-in." in response.text
    assert "secret" not in response.text


@pytest.mark.parametrize(
    "bend",
    [
        document(issuer="https://elsewhere.example"),
        document(token_endpoint=None),
        document(jwks_uri="file:///etc/passwd"),
        document(authorization_endpoint="javascript:alert(1)"),
    ],
)
def test_the_description_of_another_provider_is_refused(
    stranger_client: Client, bent: BentProvider, bend: Bend
) -> None:
    bend(bent)

    response = stranger_client.post("/account/single-sign-on/")

    assert response.status_code == 403
    assert UNVERIFIABLE in response.text.replace("&#x27;", "'")


@pytest.mark.parametrize("status", [301, 404, 500])
def test_a_provider_that_is_down_has_a_sentence(
    stranger_client: Client, bent: BentProvider, status: int
) -> None:
    bent.status = status

    response = stranger_client.post("/account/single-sign-on/")

    assert response.status_code == 502
    assert "Example ID can&#x27;t be reached." in response.text


def test_a_provider_that_goes_away_in_between_has_a_sentence_and_no_code_in_the_log(
    stranger_client: Client,
    bent: BentProvider,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    path = bent.consent(begin(stranger_client))
    monkeypatch.setattr(http, "MAX_BYTES", 10)  # as large as any answer may be
    caplog.handler.setFormatter(logs.line_formatter())

    response = stranger_client.get(path)

    assert "Bad Gateway: /account/single-sign-on/callback/" in caplog.text
    assert "the+code" not in caplog.text
    assert response.status_code == 502
    assert "_auth_user_id" not in stranger_client.session


def test_strangers_can_not_make_the_app_ask_the_provider_without_end(
    bent: BentProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    limit = Limit("single sign-on from an address", 2, guesses.TEN_MINUTES)
    monkeypatch.setattr(guesses, "SINGLE_SIGN_ON", limit)

    statuses = [Client().post("/account/single-sign-on/").status_code for _ in range(3)]

    assert statuses == [200, 200, 429]
    assert bent.paths == ["/.well-known/openid-configuration"]  # once for both
