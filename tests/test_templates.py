"""Compiled templates, and the layout of their sources."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.template import Context, Engine, engines
from pytest_django import Settings

from chatapp.server.templates import Loader, without_layout

FOLDER = settings.ROOT / "templates"
# A text, then tags that only choose or name something, and the next text at once.
RUN_TOGETHER = re.compile(
    r"""(?:endblocktranslate|[.!?]["”]?) %}"""
    r"(?:{% (?:if|with|endif|endwith)\b[^%]*%})+{% (?:block)?translate"
)
SYMBOL = re.compile(r'<symbol id="icon-([\w-]+)"')
ICON = re.compile(r'(?<=href="#icon-)[\w-]+(?=")|(?<=\bicon=")[\w-]+(?=")')


@pytest.mark.parametrize(
    ("source", "compiled"),
    [
        ("<ul>\n  <li>a</li>\n\n  <li>b</li>\n</ul>\n", "<ul><li>a</li><li>b</li></ul>"),
        ("<p>\n  {{ text }}\n</p>", "<p>{{ text }}</p>"),
        ("{% if a %}\n  <b>a</b>\n{% endif %}\n", "{% if a %}<b>a</b>{% endif %}"),
        ("<b>a</b> <i>b</i>", "<b>a</b> <i>b</i>"),
        ('<b>a</b>{% if c %} <i class="c">', '<b>a</b>{% if c %} <i class="c">'),
        ("a\n{# why #}\n<b>", "a <b>"),
        ("<svg/>\n<!--/text-->\n<p>", "<svg/><!--/text--><p>"),
    ],
)
def test_white_space_between_lines_is_dropped(source: str, compiled: str) -> None:
    assert without_layout(source) == compiled


@pytest.mark.parametrize(
    ("source", "compiled"),
    [
        ("{{ a }}\n{% translate 'b' %}\n c", "{{ a }} {% translate 'b' %} c"),
        ("Read\n  <a>this</a>\n  twice", "Read <a>this</a> twice"),
        ("<a\n  href='/'\n  hidden\n>", "<a href='/' hidden>"),
        (
            '<a {% if a > b %}\n  class="a\n  b"{% endif %}\n>',
            '<a {% if a > b %} class="a b"{% endif %}>',
        ),
        ('<use\n  href="#icon"\n/>', '<use href="#icon"/>'),
    ],
)
def test_a_line_break_in_a_text_or_a_tag_is_one_space(source: str, compiled: str) -> None:
    assert without_layout(source) == compiled


@pytest.mark.parametrize(
    "source",
    [
        "<pre>\n  a\n    b\n</pre>",
        '<textarea name="a">\n{{ a }}\n</textarea>',
        "{% blocktranslate trimmed %}\n  a\n  {{ b }}\n{% endblocktranslate %}",
        "1 < 2 & {3}",
    ],
)
def test_significant_white_space_is_kept(source: str) -> None:
    assert without_layout(source) == source


def test_only_the_tag_of_a_textarea_is_joined() -> None:
    assert without_layout('<pre\n  dir="auto"\n>\n a</pre>\n<p>') == '<pre dir="auto">\n a</pre><p>'


def test_a_tag_without_an_end_is_refused() -> None:
    with pytest.raises(ValueError, match="a tag that doesn't end: <a href"):
        without_layout("<p>\n<a href")


def compiled(folder: Path, page: str, part: str = "", name: str = "messages/page.html") -> str:
    """Return the source that is compiled for a template that may include another one."""
    for path, source in {name: page, "part.html": part}.items():
        (folder / path).parent.mkdir(exist_ok=True)
        (folder / path).write_text(source)
    loader = Loader(Engine(dirs=[folder]))
    return loader.get_contents(next(loader.get_template_sources(name)))


def test_an_included_template_is_part_of_a_message(tmp_path: Path) -> None:
    page, part = '<p>\n  {% include "part.html" %}\n</p>', "<b>\n  a\n</b>\n"

    assert compiled(tmp_path, page, part) == "<p><b>a</b></p>"
    assert compiled(tmp_path, page, part, "page.html") == '<p>{% include "part.html" %}</p>'


@pytest.mark.parametrize(
    ("tag", "part"),
    [
        ('{% include "part.html" with a=b %}', "{{ a }}"),
        ('{% include "part.html" %}', "{% now 'Y' as a %}{{ a }}"),
        ('{% include "none.html" %}', ""),
        ("{% include part %}", ""),
    ],
)
def test_a_template_with_variables_of_its_own_stays_apart(
    tmp_path: Path, tag: str, part: str
) -> None:
    assert compiled(tmp_path, tag, part) == tag


TEXTS = (
    '{% load i18n %}{% translate "Don\'t run" %} {% translate \'a > "b" 100%\' %}'
    "{% translate 'kept' as text %}{% translate text %}"
)


def test_a_text_that_is_not_translated_is_no_tag(tmp_path: Path) -> None:
    source = compiled(tmp_path, TEXTS)

    assert source == (
        "{% load i18n %}Don't run a > \"b\" 100%{% translate 'kept' as text %}{% translate text %}"
    )
    assert as_django_renders(source) == as_django_renders(TEXTS)


def test_texts_stay_tags_where_they_are_translated(tmp_path: Path, settings: Settings) -> None:
    settings.USE_I18N = True

    assert compiled(tmp_path, TEXTS) == TEXTS


def as_django_renders(source: str) -> str:
    libraries = {"i18n": "django.templatetags.i18n"}
    return str(Engine(libraries=libraries).from_string(source).render(Context()))


@pytest.mark.parametrize("path", sorted(FOLDER.rglob("*.html")), ids=lambda path: path.stem)
def test_every_template_compiles(path: object) -> None:
    name = str(path).removeprefix(f"{FOLDER}/")
    assert engines["django"].get_template(name)


@pytest.mark.parametrize("path", sorted(FOLDER.rglob("*.html")), ids=lambda path: path.stem)
def test_sentences_that_follow_each_other_stay_apart(path: Path) -> None:
    found = [match[0] for match in RUN_TOGETHER.finditer(without_layout(path.read_text()))]

    assert not found, "write the next tag on the same line, behind a blank"


def test_every_icon_is_in_the_page_or_comes_with_its_part() -> None:
    defined = {path: set(SYMBOL.findall(path.read_text())) for path in FOLDER.rglob("*.html")}
    everywhere = defined[FOLDER / "_icons.html"]
    for path in defined:
        beside = {
            icon for each, icons in defined.items() if each.parent == path.parent for icon in icons
        }
        assert set(ICON.findall(path.read_text())) <= everywhere | beside, path


def test_templates_of_packages_are_unchanged() -> None:
    template = engines["django"].engine.get_template("account/email_confirm.html")

    assert "\n" in template.source
