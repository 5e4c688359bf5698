"""Bombs of block constructs: headings, quotes, lists, fences, HTML, breaks."""

from itertools import count

from tests.rendering.bombs.bomb import Bomb, mirrored, numbered, repeated, up_to


def staircase(name: str, step: str, line: str) -> Bomb:
    """Each line stands one step deeper than the one before."""
    return Bomb(name, lambda size: up_to(size, (step * depth + line for depth in count())))


HEADINGS = (
    repeated("headings", "# a\n"),
    repeated("heading of one long line", "*a* `b` ", before="## "),
    repeated("heading of hashes", "#"),
    repeated("headings with closing hashes", "# a " + "#" * 60 + "\n"),
    repeated("setext headings", "a\n=\n"),
    repeated("setext heading of many lines", "some words\n", after="==="),
    repeated("setext heading of one long line", "some words ", after="\n==="),
    repeated("setext underlines", "=\n", before="a\n"),
    repeated("setext underline that grows", "=", before="a\n"),
    repeated("setext or break", "a\n---\n"),
    repeated("thematic breaks", "---\n"),
    repeated("thematic break of one long line", "- "),
    repeated("thematic breaks of each kind", "***\n___\n- - -\n"),
)

PARAGRAPHS = (
    repeated("paragraphs", "Some words.\n\n"),
    repeated("paragraph of one word per line", "x\n"),
    repeated("paragraph of lines", "Some words in a line\n"),
    repeated("paragraph that a heading ends", "some words\n", after="# a\n"),
    repeated("hard breaks of spaces", "a  \n"),
    repeated("hard breaks of backslashes", "a\\\n"),
    repeated("indented code", "    x\n"),
    repeated("indented code with blank lines", "    x\n\n"),
    repeated("deeply indented lines", " " * 200 + "x\n"),
    repeated("lines of tabs", "\t\t\tx\n"),
)

QUOTES = (
    repeated("quote that goes on", "> Some words.\n"),
    repeated("quotes", "> a\n\n"),
    repeated("quote marks", ">"),
    repeated("quote with lazy lines", "a\n", before="> "),
    repeated("quotes of a hundred levels", ">" * 100 + " a\n"),
    staircase("quotes, each deeper than the last", ">", " a\n"),
    repeated("quotes and lists in one line", "> - "),
    repeated("quote of paragraphs", "> a\n>\n"),
    repeated("alerts", "> [!NOTE]\n> a\n\n"),
)

LISTS = (
    repeated("list that goes on", "- item\n"),
    repeated("loose list", "- item\n\n"),
    repeated("list markers in one line", "- "),
    repeated("numbers in one line", "1. "),
    numbered("ordered list", "#. item\n"),
    repeated("ordered list of one number", "1. item\n"),
    repeated("task list", "- [ ] a\n- [x] b\n"),
    repeated("lists of changing markers", "- a\n+ b\n* c\n"),
    repeated("ordered lists of changing markers", "1. a\n1) b\n"),
    repeated("empty items", "-\n"),
    repeated("items of spaces", "-   \n"),
    repeated("items of paragraphs", "- a\n\n  b\n\n"),
    repeated("item of lazy lines", "a\n", before="- "),
    repeated("item of blank lines", "\n", before="- a\n", after="  b\n"),
    repeated("lists in a quote", "> - a\n"),
    repeated("list of two levels", "- a\n  - b\n"),
    staircase("list, each item deeper than the last", "  ", "- a\n"),
    staircase("ordered list, each item deeper than the last", "   ", "1. a\n"),
    repeated("list whose items hold headings", "- # a\n"),
    repeated("list whose items hold code", "- a\n\n      x\n\n"),
    repeated("numbers of nine digits", "999999999. a\n"),
)

FENCES = (
    repeated("open fence", "x = 1\n", before="```python\n"),
    repeated("open fence of tildes", "x = 1\n", before="~~~\n"),
    repeated("open fence of one line", "x", before="```\n"),
    repeated("open fence of blank lines", "\n", before="```\n"),
    repeated("fences", "```\nx\n```\n"),
    repeated("fences of a language", "```python\nx = 1\n```\n\n"),
    repeated("openers of both kinds", "```\n~~~\n"),
    repeated("fence marker that grows", "`", before="```"),
    repeated("language that grows", "python", before="```"),
    repeated("open fence in a list", "  x = 1\n", before="- ```python\n"),
    repeated("open fence in a quote", "> x = 1\n", before="> ```python\n"),
    repeated("fences in a list", "- ```python\n  x = 1\n  ```\n"),
    repeated("almost closed fence", "``\n", before="```\n"),
    repeated("indented fence with blank lines", "x\n\n", before=" ```\n"),
    repeated("fence in a fence", "````md\n```py\nx\n```\n````\n"),
    repeated("diagrams", "```mermaid\ngraph TD; A-->B\n```\n"),
)

HTML = (
    repeated("HTML blocks", "<div>\n\n"),
    repeated("HTML that goes on", "<div>\n"),
    repeated("open comment", "words\n\n", before="<!-- "),
    repeated("comment openers", "<!--"),
    repeated("comments", "<!-- a -->\n"),
    repeated("openers of each kind of HTML", "<script>\n<?\n<!A\n<![CDATA[\n"),
    repeated("open script", "x\n\n", before="<script>\n"),
    repeated("details", "<details><summary>a</summary>\n\nb\n\n</details>\n\n"),
    repeated("attributes without end", "a=b ", before="<div "),
    mirrored("HTML nested in HTML", "<b>", "</b>"),
    mirrored("small and raised letters, nested", "<sub><sup>", "</sup></sub>"),
    repeated("keys", "<kbd>a</kbd>"),
    repeated("open tags of a few letters", "<sub>a"),
    repeated("HTML breaks", "a<br>"),
)

BLOCKS = (*HEADINGS, *PARAGRAPHS, *QUOTES, *LISTS, *FENCES, *HTML)
