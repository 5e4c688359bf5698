"""Signing in with a provider: who is let in, and as whom."""

from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.socialaccount.models import SocialAccount, SocialToken
from django.test import Client
from pytest_django import Settings

from chatapp.accounts.models import Person
from chatapp.accounts.password_links import password_link
from chatapp.accounts.roles import Role
from chatapp.accounts.single_sign_on import joining
from chatapp.accounts.single_sign_on import provider as app_side
from chatapp.audit.models import Action, Entry
from tests.accounts.single_sign_on.conftest import begin, configured, sign_in
from tests.servers.oidc import (
    BentProvider,
    add_account,
    consent,
    needs_provider,
    packaged_provider,
)
from tests.support.people import PASSWORD


def signed_in_as(client: Client) -> Person | None:
    key = client.session.get("_auth_user_id")
    return Person.objects.get(pk=key) if key else None


@needs_provider
def test_people_join_and_come_back_with_a_provider_of_somebody_else(
    stranger_client: Client, settings: Settings, owner: Person
) -> None:
    app_side._documents.clear()
    with packaged_provider() as issuer:
        settings.OIDC = configured(issuer, "example.com")
        claims = {"email": "anna@example.com", "email_verified": True, "name": "Anna"}
        add_account(issuer, "anna", **claims)

        for client in (stranger_client, Client()):
            answer = client.get(consent(begin(client), "anna"))

            assert answer.status_code == 302, answer.text
            assert answer["Location"] == "/"
            person = signed_in_as(client)
            assert person
            assert (person.email, person.name, person.role) == (
                "anna@example.com",
                "Anna",
                Role.MEMBER,
            )

        add_account(issuer, "bert", email="bert@example.com", email_verified=False)
        refused = stranger_client.get(consent(begin(Client()), "bert"))
    assert refused.status_code == 400  # it began in another browser
    assert Person.objects.count() == 2


def test_the_sign_in_is_recorded_and_stores_nothing_but_the_subject(
    stranger_client: Client, bent: BentProvider
) -> None:
    response = sign_in(stranger_client, bent, next="/storage/")

    assert response["Location"] == "/storage/"
    person = Person.objects.get(email="anna@example.com")
    assert signed_in_as(stranger_client) == person
    assert not person.has_usable_password()
    link = SocialAccount.objects.get()
    assert (link.user_id, link.provider, link.uid) == (person.pk, bent.issuer, "anna-1")
    assert link.extra_data == {}
    assert not SocialToken.objects.exists()
    joined, signed = Entry.objects.order_by("pk")
    assert (joined.action, joined.details) == (
        Action.JOINED,
        {"method": "single_sign_on", "role": "member"},
    )
    assert (signed.action, signed.details) == (
        Action.SIGNED_IN,
        {"methods": ["single_sign_on"]},
    )


def test_a_sign_in_leads_to_no_other_site(stranger_client: Client, bent: BentProvider) -> None:
    assert sign_in(stranger_client, bent, next="https://evil.example/")["Location"] == "/"


def test_a_person_who_exists_is_linked_by_the_verified_email(
    stranger_client: Client, bent: BentProvider, owner: Person, settings: Settings
) -> None:
    settings.OIDC = configured(bent.issuer)  # no domain: only people who exist
    bent.claims = {"email": owner.email.upper()}

    sign_in(stranger_client, bent)

    assert signed_in_as(stranger_client) == owner
    assert owner.has_usable_password()
    # The link holds from now on, whatever becomes of the email.
    bent.claims = {"email": "other@elsewhere.example", "email_verified": False}
    again = Client()
    sign_in(again, bent)
    assert signed_in_as(again) == owner
    assert Person.objects.count() == 1


def test_what_the_id_token_lacks_is_asked_for(
    stranger_client: Client, bent: BentProvider, owner: Person
) -> None:
    bent.claims = {"email": None, "email_verified": None}
    bent.user_info = {"sub": "anna-1", "email": owner.email, "email_verified": True}

    sign_in(stranger_client, bent)

    assert signed_in_as(stranger_client) == owner


def test_a_sign_in_takes_the_place_of_another_persons(
    member_client: Client, bent: BentProvider, owner: Person
) -> None:
    bent.claims = {"email": owner.email}

    sign_in(member_client, bent)

    assert signed_in_as(member_client) == owner


def test_a_package_above_can_admit_whoever_has_an_invitation(
    stranger_client: Client, bent: BentProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    def admit(request: object, person: Person, invitation: str) -> bool:
        if invitation != "the token":
            return False
        person.assigned_role = Role.GUEST
        person.save(force_insert=True)
        return True

    monkeypatch.setattr(joining, "_admissions", [admit])
    bent.claims = {"email": "guest@elsewhere.example"}
    assert sign_in(stranger_client, bent).status_code == 403

    sign_in(stranger_client, bent, invitation="the token")

    person = signed_in_as(stranger_client)
    assert person
    assert person.role == Role.GUEST


def test_each_sign_in_has_its_own_state_nonce_and_challenge(
    stranger_client: Client, bent: BentProvider
) -> None:
    asked = [parse_qs(urlsplit(begin(stranger_client)).query) for _ in range(2)]

    for name in ("state", "nonce", "code_challenge"):
        [first], [second] = asked[0][name], asked[1][name]
        assert first != second
        assert len(first) >= 16
    assert asked[0]["redirect_uri"] == ["http://testserver/account/single-sign-on/callback/"]
    assert set(asked[0]["scope"][0].split()) == {"openid", "profile", "email"}


def test_the_button_is_on_the_page_and_needs_a_token(bent: BentProvider) -> None:
    client = Client(enforce_csrf_checks=True)
    page = client.get("/account/sign-in/?next=/storage/").text

    assert "Continue with Example ID" in page
    # With the provider, with a password and with a passkey.
    assert page.count('value="/storage/"') == 3
    assert client.post("/account/single-sign-on/").status_code == 403
    assert client.get("/account/single-sign-on/").status_code == 405
    assert Client().post("/account/single-sign-on/callback/").status_code == 405


@pytest.mark.django_db
def test_nothing_is_found_without_a_provider(stranger_client: Client, owner: Person) -> None:
    assert stranger_client.post("/account/single-sign-on/").status_code == 404
    assert stranger_client.get("/account/single-sign-on/callback/?code=1").status_code == 404
    assert "Continue with" not in stranger_client.get("/account/sign-in/").text


def test_the_first_visit_makes_the_owner(bent: BentProvider, owner: Person) -> None:
    owner.delete()

    assert Client().post("/account/single-sign-on/")["Location"] == "/welcome/"


def test_whoever_had_the_account_of_an_email_that_is_another_persons_has_it_no_more(
    bent: BentProvider, member: Person, settings: Settings
) -> None:
    """Nobody verifies the email with which somebody joins, or changes it without email."""
    before = Client()
    before.force_login(member)
    link = password_link(member)
    bent.claims = {"email": member.email}
    after = Client()

    sign_in(after, bent)

    assert signed_in_as(after) == member
    assert after.get("/account/").status_code == 200
    assert before.get("/account/").status_code == 302
    fields = {"login": member.email, "password": PASSWORD}
    assert Client().post("/account/sign-in/", fields).status_code == 200
    assert "password1" not in Client().get(link, follow=True).text
    [entry] = Entry.objects.filter(action=Action.PASSWORD_CHANGED)
    assert (entry.actor, entry.details) == (member, {"method": "single_sign_on"})
    # From now on the account has its identity, and can have a password again.
    member.refresh_from_db()
    member.set_password(PASSWORD)
    member.save()
    sign_in(Client(), bent)
    member.refresh_from_db()
    assert member.check_password(PASSWORD)


def test_the_owner_keeps_the_password(bent: BentProvider, owner: Person) -> None:
    """It opens the site when the provider is out of reach."""
    bent.claims = {"email": owner.email}

    sign_in(Client(), bent)

    owner.refresh_from_db()
    assert owner.check_password(PASSWORD)
