"""The HTML of a finished reply: one block per construct, in the shapes that the page relies on."""

import re

import pytest

from chatapp.rendering import LiveDocument, render_document


def render(text: str) -> str:
    return render_document(text, prefix="m1")


def blocks(text: str) -> list[str]:
    parts = render(text).split('<div class="block">')
    assert parts[0] == ""
    return [part.removesuffix("</div>") for part in parts[1:]]


@pytest.mark.parametrize("text", ["", "\n", " \n\t\n", "[a]: http://example.com"])
def test_nothing_to_show_is_an_empty_string(text: str) -> None:
    assert render(text) == ""


def test_every_top_level_construct_is_one_block() -> None:
    text = (
        "# A\nb\n\n- c\n\n  d\n- e\n\n1. f\n\n> g\n>\n> h\n\n---\n\n|i|\n|-|\n|j|\n\n```\nk\n```\n"
    )
    assert [re.match(r"<(\w+)", block)[1] for block in blocks(text)] == [
        *("h3", "p", "ul", "ol", "blockquote", "hr", "div", "div"),
    ]


@pytest.mark.parametrize(
    ("source", "level"),
    [
        ("# x", 3),
        ("## x", 4),
        ("### x", 5),
        ("#### x", 6),
        ("###### x", 6),
        ("x\n=", 3),
        ("x\n-", 4),
    ],
)
def test_headings_are_below_those_of_the_page(source: str, level: int) -> None:
    (heading,) = blocks(source)
    assert re.fullmatch(rf'<h{level}( aria-level="3")? dir="auto">x</h{level}>', heading)


@pytest.mark.parametrize(
    ("source", "levels"),
    [
        ("# a\n## b\n### c\n#### d\n##### e", [3, 4, 5, 6, 6]),
        ("### a\n\ntext\n\n### b\n#### c\n# d\n### e", [3, 3, 4, 3, 4]),
        ("> ## a\n\n- ### b", [3, 4]),
    ],
)
def test_no_heading_skips_a_level_for_screen_readers(source: str, levels: list[int]) -> None:
    live = LiveDocument("m1")
    for character in source:
        live.append(character)
    for html in (render(source), live.html):
        found = re.findall(r'<h([3-6])(?: aria-level="(\d)")?', html)
        assert [int(level or tag) for tag, level in found] == levels


def test_lists_are_tight_or_loose() -> None:
    assert blocks("- a\n- b") == [
        "<ul>\n<li>a</li>\n<li>b</li>\n</ul>",
    ]
    assert '<li>\n<p dir="auto">a</p>\n</li>' in blocks("- a\n\n- b")[0]
    assert '<ol start="3">' in blocks("3. a")[0]


def test_nested_lists_and_quotes_stay_inside_their_block() -> None:
    assert len(blocks("- a\n  - b\n    - c\n- d\n")) == 1
    assert len(blocks("> a\n> > b\n> > > c\n")) == 1


def test_a_table_scrolls_by_itself_and_keeps_alignment() -> None:
    (table,) = blocks("|a|b|\n|-|:-:|\n|1|2|")
    assert table.startswith(
        '<div class="table-scroll" tabindex="0" role="group" aria-label="Table: a, b"><table>'
    )
    assert table.endswith("</table></div>")
    assert '<th align="center">b</th>' in table
    assert "<td>1</td>" in table


def test_a_task_list_has_checkboxes_that_cannot_be_changed() -> None:
    (tasks,) = blocks("- [ ] a\n- [x] b")
    boxes = re.findall(r'<li class="task"><input([^>]*)>', tasks)
    assert len(boxes) == 2
    assert all('type="checkbox"' in box and "disabled" in box for box in boxes)
    assert ["checked" in box for box in boxes] == [False, True]
    assert ['aria-label="Done"' in box for box in boxes] == [False, True]
    assert ['aria-label="To do"' in box for box in boxes] == [True, False]


@pytest.mark.parametrize(
    ("source", "html"),
    [
        ("~~a~~", "<del>a</del>"),
        ("**a** *b* `c`", "<strong>a</strong> <em>b</em> <code>c</code>"),
        ("a  \nb", "a<br>\nb"),
        ("\"a\" 'b' & c", "\"a\" 'b' &amp; c"),
    ],
)
def test_inline_markdown(source: str, html: str) -> None:
    assert blocks(source) == [f'<p dir="auto">{html}</p>']


@pytest.mark.parametrize(
    ("source", "url"),
    [
        ("[a](https://example.com/?x=1&y)", "https://example.com/?x=1&amp;y"),
        ("https://example.com/", "https://example.com/"),
        ("<http://example.com>", "http://example.com"),
        ("[a](mailto:a@example.com)", "mailto:a@example.com"),
        ("[a]\n\n[a]: http://example.com", "http://example.com"),
    ],
)
def test_links_open_in_a_new_tab_without_a_referrer(source: str, url: str) -> None:
    link = f'<a href="{url}" target="_blank" rel="noopener noreferrer nofollow">'
    assert link in render(source)


@pytest.mark.parametrize(
    ("source", "text", "url"),
    [
        ("![the *cat*](http://e.com/c.png)", "the cat", "http://e.com/c.png"),
        ("![](http://e.com/c.png)", "http://e.com/c.png", "http://e.com/c.png"),
        ("[![badge](http://e.com/c.png)](http://e.com/page)", "badge", "http://e.com/page"),
    ],
)
def test_images_become_links(source: str, text: str, url: str) -> None:
    html = render(source)
    assert "<img" not in html
    assert re.findall(r'<a href="([^"]*)"[^>]*>(.*?)</a>', html) == [(url, text)]


def test_footnotes_are_the_last_block_and_unique_per_message() -> None:
    *_, notes = blocks("a[^1] b\n\n[^1]: The *note*.\n\nc")
    assert notes.startswith('<section class="footnotes">')
    html = render("a[^1]\n\n[^1]: b")
    assert 'href="#m1-fn-1" id="m1-fnref-1">1</a>' in html
    assert 'id="m1-fn-1"' in html
    assert "target=" not in html
    assert 'id="m2-fn-1"' in render_document("a[^1]\n\n[^1]: b", prefix="m2")


def test_raw_html_is_text_inside_a_block_of_its_own() -> None:
    assert blocks("<div>\n\na <b>c</b>") == [
        '<p class="raw-html" dir="auto">&lt;div&gt;</p>',
        '<p dir="auto">a &lt;b&gt;c&lt;/b&gt;</p>',
    ]


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_line_endings_mean_the_same(ending: str) -> None:
    assert render("# a\n\nb\nc\n".replace("\n", ending)) == render("# a\n\nb\nc\n")


def test_unicode_separators_do_not_end_lines() -> None:
    assert blocks("a\u2028# b\u2029- c\u0085d") == ['<p dir="auto">a\u2028# b\u2029- c\u0085d</p>']


def test_characters_that_cannot_be_encoded_are_replaced() -> None:
    assert blocks("a\0b\ud83dc") == ['<p dir="auto">a\ufffdb\ufffdc</p>']
