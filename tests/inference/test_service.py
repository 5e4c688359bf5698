"""Which service a configuration means."""

from __future__ import annotations

import pytest

from chatapp.inference.service import Service

DEMO = "http://127.0.0.1:8001"
US = "https://us.inference.heroku.com"


@pytest.mark.parametrize(
    ("url", "key", "demo_url", "on_dyno", "expected"),
    [
        (US, "k", DEMO, False, Service("heroku", US, "k")),
        (US, "k", "", True, Service("heroku", US, "k")),
        (US, "", DEMO, False, Service("none", missing="INFERENCE_KEY")),
        (
            "https://example.com",
            "k",
            DEMO,
            False,
            Service("compatible", "https://example.com", "k"),
        ),
        ("http://box:1234", "", DEMO, False, Service("compatible", "http://box:1234")),
        ("https://us.inference.heroku.com.evil.org", "k", "", False, None),
        ("", "", DEMO, False, Service("demo", DEMO)),
        ("", "", DEMO, True, Service("none")),
        ("", "", "", False, Service("none")),
        ("", "k", DEMO, False, Service("none", missing="INFERENCE_URL")),
        (" ", "\n", "", True, Service("none")),
    ],
)
def test_the_configuration_decides(
    url: str, key: str, demo_url: str, on_dyno: bool, expected: Service | None
) -> None:
    service = Service.from_config(url, key, demo_url, on_dyno)
    assert service == (expected or Service("compatible", url, key))


@pytest.mark.parametrize(
    ("given", "clean"),
    [
        ("us.inference.heroku.com", US),
        (f" {US}/ ", US),
        (f"{US}/v1", US),
        (f"{US}/v1/", US),
        ("https://example.com/api/v1/", "https://example.com/api"),
        ("localhost:11434", "http://localhost:11434"),
        ("127.0.0.1:8001/v1", "http://127.0.0.1:8001"),
        ("[::1]:8001", "http://[::1]:8001"),
        ("example.com:8443", "https://example.com:8443"),
        ("app.localhost:3000", "http://app.localhost:3000"),
        ("https://example.com/X//", "https://example.com/X"),
        ("https://example.com/X//v1", "https://example.com/X"),
    ],
)
def test_the_url_is_normalised(given: str, clean: str) -> None:
    assert Service.from_config(given, "k", "", False).url == clean


@pytest.mark.parametrize(
    "url",
    [
        "ftp://host",
        "https://",
        "http://h:port",
        "https://u:p@h",
        "https://u@h",
        "https://:p@h",
        "https://h/?a=1",
        "https://h/#a",
        "http://[",
        "not a url",
        "https://no host",
    ],
)
def test_an_invalid_service_is_refused_with_a_sentence(url: str) -> None:
    with pytest.raises(ValueError, match=r"^INFERENCE_URL (is|must) .*\.$"):
        Service.from_config(url, "", "", False)


@pytest.mark.parametrize("key", ["inf-ä", "inf-a\nb", "inf a", "inf\x00"])
def test_a_key_that_cannot_be_sent_is_refused(key: str) -> None:
    with pytest.raises(ValueError, match=r"^INFERENCE_KEY contains .*\.$"):
        Service.from_config(US, key, "", False)


def test_whitespace_around_the_key_is_dropped_and_the_key_is_not_in_the_repr() -> None:
    service = Service.from_config(US, " inf-secret\n", "", True)
    assert service.key == "inf-secret"
    assert "inf-secret" not in repr(service)


@pytest.mark.parametrize(
    ("service", "words"),
    [
        (
            Service("heroku", "https://eu.inference.heroku.com", "k"),
            "Heroku Managed Inference (eu)",
        ),
        (Service("compatible", "http://box:1234/api"), "Compatible server at box"),
        (Service("demo", DEMO), "Demo model: not an AI"),
        (Service("none"), "No model is connected: set INFERENCE_URL and INFERENCE_KEY"),
        (Service("none", missing="A_KEY"), "No model is connected: A_KEY isn't set"),
    ],
)
def test_each_service_is_described(service: Service, words: str) -> None:
    assert words in service.sentence
