"""app.json has only keys that the platform accepts, and config vars that the app reads."""

import json
import re
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings

KEYS = {
    *("name", "description", "keywords", "website", "repository", "logo", "success_url", "env"),
    *("addons", "buildpacks", "formation", "scripts", "stack", "environments"),
}
PER_VARIABLE = {"description", "value", "required", "generator"}
SIZES = {"eco", "basic", "standard-1x", "standard-2x"}
STACKS = {"heroku-22", "heroku-24", "heroku-26"}


@pytest.fixture(scope="module")
def manifest() -> dict[str, Any]:
    manifest: dict[str, Any] = json.loads((settings.ROOT / "app.json").read_text())
    return manifest


def test_every_key_is_known_to_the_platform(manifest: dict[str, Any]) -> None:
    assert manifest.keys() <= KEYS
    assert manifest["environments"].keys() <= {"test", "review"}
    for environment in manifest["environments"].values():
        assert environment.keys() <= KEYS


def test_its_texts_have_the_allowed_length(manifest: dict[str, Any]) -> None:
    assert 3 <= len(manifest["name"]) <= 30
    assert len(manifest["description"]) <= 140
    assert all(isinstance(word, str) for word in manifest["keywords"])
    assert urlsplit(manifest["logo"]).scheme == "https"
    assert manifest["success_url"].startswith("/")
    assert manifest["stack"] in STACKS


def test_every_variable_has_a_sentence_and_only_generated_ones_are_required(
    manifest: dict[str, Any],
) -> None:
    for name, variable in manifest["env"].items():
        assert variable.keys() <= PER_VARIABLE, name
        assert variable["description"].endswith("."), name
        assert isinstance(variable.get("value", ""), str), name
        # A variable that is neither generated nor optional would have to be typed into the form.
        assert variable.get("generator") == "secret" or variable["required"] is False, name
        assert not name.startswith("HEROKU_"), name


def test_the_app_reads_every_variable(manifest: dict[str, Any]) -> None:
    source = (settings.ROOT / "chatapp" / "config_vars.py").read_text()
    read = {*re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', source), "INFERENCE_MODEL_ID"}

    assert manifest["env"].keys() <= read


@pytest.mark.parametrize("place", ["", "review"])
def test_one_basic_dyno_models_and_postgres_are_requested(
    manifest: dict[str, Any], place: str
) -> None:
    wanted = manifest["environments"][place] if place else manifest

    assert wanted["formation"] == {"web": {"quantity": 1, "size": "basic"}}
    assert wanted["formation"]["web"]["size"] in SIZES
    assert wanted["addons"] == [
        {"plan": "heroku-inference:standard", "as": "INFERENCE"},
        {"plan": "heroku-postgresql:essential-0"},
    ]


def test_the_processes_are_those_of_the_procfile(manifest: dict[str, Any]) -> None:
    lines = (settings.ROOT / "Procfile").read_text().splitlines()
    processes = dict(line.split(": ", 1) for line in lines)

    assert processes.keys() == manifest["formation"].keys() | {"release"}
