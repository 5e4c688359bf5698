"""Bombs of tables, of reference links and of footnotes: what is written once and shown often."""

from tests.rendering.bombs.bomb import Bomb, mirrored, numbered, repeated


def _short_rows(size: int) -> str:
    """A row of one character becomes a row of empty cells, as many as the head has."""
    cells = size // 6
    return "|a" * cells + "|\n" + "|-" * cells + "|\n" + "x\n" * cells


def _many_short_rows(size: int) -> str:
    """Tables, each small enough for a limit that knows one table only."""
    one = _short_rows(min(size // 3, 3_000)) + "\n"
    return one * (size // len(one))


def _short_rows_in_a_quote(size: int) -> str:
    cells = size // 8
    return "> |" + "a|" * cells + "\n> |" + "-|" * cells + "\n" + "> x\n" * cells


def _long_address(size: int) -> str:
    """Half the text is an address, which each use repeats."""
    half = size // 2
    return f"[a]: http://e.com/{'b' * half}\n\n" + "[a] " * (half // 4)


def _long_title(size: int) -> str:
    half = size // 2
    return f'[a]: /b "{"c" * half}"\n\n' + "[a] " * (half // 4)


def _long_footnote_name(size: int) -> str:
    """Each way back from a footnote holds its name."""
    name = "n" * min(900, size // 4)
    return f"[^{name}]: a\n\n" + f"[^{name}] " * (size // (len(name) + 4))


def _chained_footnotes(size: int) -> str:
    count = size // 20
    lines = [f"[^{n}]: see [^{n + 1}]\n" for n in range(count)]
    return "[^0]\n\n" + "".join(lines)


def _references_before_their_definition(size: int) -> str:
    return "[a] " * (size // 4) + "\n\n[a]: http://e.com\n"


TABLES = (
    Bomb("wide table of short rows", _short_rows),
    Bomb("wide tables of short rows", _many_short_rows),
    Bomb("wide table of short rows in a quote", _short_rows_in_a_quote),
    repeated("table that goes on", "|1|2|\n", before="|a|b|\n|-|-|\n"),
    repeated(
        "table of styled cells", "|**a**|`b`|[c](http://d.e)|\n", before="|a|b|c|\n|-|:-:|-:|\n"
    ),
    repeated("table of escaped pipes", "|a\\|b|`c\\|d`|\n", before="|a|b|\n|-|-|\n"),
    repeated("table of lines without pipes", "x\n", before="|a|\n|-|\n"),
    repeated("tables", "|a|\n|-|\n|b|\n\n"),
    repeated("table heads without a table", "|a|b|\n"),
    repeated("pipes in one line", "|"),
    repeated("cells in one line", "|a"),
    repeated("delimiter row that grows", "|-", before="|a|\n"),
    repeated("one row that is too long", "|b", before="|a|\n|-|\n"),
    repeated("delimiter rows", "|-|-|\n"),
    repeated("heads of many lines", "a | b\n", after="- | -\n"),
    repeated("table in a quote", "> |1|2|\n", before="> |a|b|\n> |-|-|\n"),
    repeated("table in a list", "  |1|2|\n", before="- |a|b|\n  |-|-|\n"),
    repeated("breaks in cells", "|a<br>b|\n", before="|a|\n|-|\n"),
)

REFERENCES = (
    numbered("link definitions that nobody uses", "[a#]: http://e.com/#\n"),
    repeated("one link definition again and again", "[a]: http://e.com\n"),
    repeated("uses of one reference", "[a] ", before="[a]: http://e.com\n\n"),
    Bomb("uses of a reference with a long address", _long_address),
    Bomb("uses of a reference with a long title", _long_title),
    Bomb("references before their definition", _references_before_their_definition),
    numbered("references, each with its definition", "[a#]\n\n[a#]: http://e.com/#\n\n"),
    repeated("references to nothing", "[a][b] "),
    repeated("definitions that never end", "[a]: <\n"),
    repeated("titles that never end", '[a]: /b "\n'),
    repeated("label that grows", "a ", before="["),
)

FOOTNOTES = (
    repeated("uses of one footnote", "[^a]", before="[^a]: b\n\n"),
    repeated("uses of a footnote that is not there", "[^a]"),
    repeated("one footnote again and again", "[^a]: b\n"),
    numbered("footnotes that nobody uses", "[^#]: note\n"),
    numbered("footnotes, each used once", "[^#]\n\n[^#]: note\n\n"),
    Bomb("footnotes in footnotes", _chained_footnotes),
    Bomb("footnote with a long name", _long_footnote_name),
    repeated("footnote that uses itself", "[^a] ", before="[^a]\n\n[^a]: "),
    repeated("footnote of paragraphs", "    b\n\n", before="[^a]\n\n[^a]: b\n\n"),
    repeated("footnotes written in place", "^[a]"),
    mirrored("footnotes in brackets", "[^", "]"),
)

TABLES_AND_NOTES = (*TABLES, *REFERENCES, *FOOTNOTES)
