"""Static files are built only when their sources or the code that builds them changed."""

from pathlib import Path

import pytest
from pytest_django import Settings

from chatapp.server import modules, static_files
from chatapp.server.static_files import build_if_changed, join_stylesheets


@pytest.fixture
def source(tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder with one source file; the built files go to a temporary folder."""
    (tmp_path / "static").mkdir()
    (tmp_path / "served").mkdir()
    settings.STATICFILES_DIRS = [tmp_path / "static"]
    settings.STATIC_ROOT = tmp_path / "served"
    monkeypatch.setattr(static_files, "call_command", lambda *names, **options: None)
    path = tmp_path / "static" / "app.js"
    path.write_text("one();")
    return path


def test_unchanged_sources_are_built_once(source: Path) -> None:
    assert build_if_changed()
    assert not build_if_changed()


def test_a_changed_source_is_built(source: Path) -> None:
    build_if_changed()
    source.write_text("two();")

    assert build_if_changed()


@pytest.mark.parametrize("code", [modules, static_files])
def test_changed_build_code_builds_again(
    source: Path, code: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    build_if_changed()
    other = source.parent.parent / "other.py"
    other.write_text("# joins in another way")
    monkeypatch.setattr(code, "__file__", str(other))

    assert build_if_changed()


def test_the_joined_stylesheet_has_no_comments_and_no_indents() -> None:
    texts = {
        "css/app.css": '@layer base, print;\n@import "base.css";\n/* Two\nlines. */\n',
        "css/base.css": """
/* Not seen. */
@layer base {
  .prose :is(th, td) { /* quiet */
    content: "/* a text */";
    background: url('a "b" /* c */.png');
  }
}
""",
    }

    joined, parts = join_stylesheets(texts, "css/app.css")

    assert joined == (
        "@layer base, print;\n@layer base {\n.prose :is(th, td) {\n"
        """content: "/* a text */";\nbackground: url('a "b" /* c */.png');\n}\n}\n"""
    )
    assert parts == ["css/app.css", "css/base.css"]
