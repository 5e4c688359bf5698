"""Pages that a reply names become links to their document, and nothing else changes."""

import re
import time

import pytest

from chatapp.rendering import render_document
from chatapp.rendering.page_links import Source, link_pages, refers_to_pages

REPORT = Source("report.pdf", "/documents/1/", 312)
NOTES = Source("notes & more.pdf", "/documents/2/", 9)
LINK = re.compile(r'<a href="(/documents/[^"]*)" target="_blank" rel="noopener">([^<]*)</a>')


def linked(markdown: str, *sources: Source) -> list[tuple[str, str]]:
    html = render_document(markdown, prefix="a")
    with_links = link_pages(html, sources)
    assert LINK.sub(r"\2", with_links) == html  # nothing else has changed
    return LINK.findall(with_links)


@pytest.mark.parametrize(
    ("markdown", "expected"),
    [
        ("It waits (p. 17).", [("?page=17#page-17", "p. 17")]),
        (
            "See pages 3–5 and page\u00a09.",
            [("?page=3#page-3", "pages 3–5"), ("?page=9#page-9", "page\u00a09")],
        ),
        ("**Pp. 3-5**: *p.9*", [("?page=3#page-3", "Pp. 3-5"), ("?page=9#page-9", "p.9")]),
        ("| a | b |\n| - | - |\n| x | Slide 7 |", [("?page=7#page-7", "Slide 7")]),
        ("# On page 12", [("?page=12#page-12", "page 12")]),
        ("A page 0, p. 313, p. 99999", []),
        ("http://localhost/p. 3x, stop. 17, app.17, p. 17%", []),
        ("`p. 17` and\n\n```\npage 17\n```\n\n    page 3", []),
        ("[page 17](https://example.com) and https://example.com/page 17x", []),
        (r"\(p. 17\) and \[page 17\]", []),
        ("<a href='x'>p. 17</a>", [("?page=17#page-17", "p. 17")]),  # it is text
    ],
)
def test_references_to_the_only_document(markdown: str, expected: list[tuple[str, str]]) -> None:
    pages = [(f"/documents/1/{anchor}", text) for anchor, text in expected]

    assert linked(markdown, REPORT) == pages
    assert linked(markdown) == []


@pytest.mark.parametrize(
    ("markdown", "url"),
    [
        ("See p. 3.", ""),
        ("report.pdf says so (p. 3).", "/documents/1/?page=3#page-3"),
        ("On p. 3 of **notes & more.pdf**", "/documents/2/?page=3#page-3"),
        ("`report.pdf`, p. 3", "/documents/1/?page=3#page-3"),
        ("report.pdf or notes & more.pdf, p. 3", ""),
        (f"report.pdf{' and' * 100}, p. 3", ""),
        ("notes & more.pdf, p. 12", ""),  # it has nine pages
    ],
)
def test_of_several_documents_one_must_be_named(markdown: str, url: str) -> None:
    assert [link for link, _text in linked(markdown, REPORT, NOTES)] == ([url] if url else [])


def test_the_longer_of_two_names_is_meant() -> None:
    longer = Source("my report.pdf", "/documents/3/", 9)

    assert linked("my report.pdf, p. 3", REPORT, longer) == [
        ("/documents/3/?page=3#page-3", "p. 3")
    ]


def test_quotation_marks_in_names_and_attributes_change_nothing() -> None:
    html = '<p><a href="https://example.com/?a>p. 3" title="> page 3">x</a> p. 4</p>'

    assert LINK.findall(link_pages(html, [REPORT])) == [("/documents/1/?page=4#page-4", "p. 4")]


def test_a_reply_that_is_shown_as_its_source_has_no_links() -> None:
    html = '<div class="block"><p class="source-shown">x</p></div><p>p. 3</p>'

    assert link_pages(html, [REPORT]) == html


def test_long_replies_cost_little_time() -> None:
    html = "<p>" + "p. 3 report.pdf " * 20_000 + "< " * 50_000 + "</p>"
    begun = time.process_time()

    assert refers_to_pages(html)
    link_pages(html.replace("< ", "<b>b</b>"), [REPORT, NOTES])
    assert time.process_time() - begun < 2


def test_a_name_that_two_documents_have_means_neither() -> None:
    other = REPORT._replace(url="/documents/3/")

    assert linked("report.pdf, p. 3", REPORT, other, NOTES) == []
    assert linked("notes & more.pdf, p. 3", REPORT, other, NOTES) == [
        ("/documents/2/?page=3#page-3", "p. 3")
    ]
