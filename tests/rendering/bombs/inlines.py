"""Bombs of inline constructs: emphasis, links, addresses, code, escapes, HTML."""

from itertools import count

from tests.rendering.bombs.bomb import Bomb, mirrored, repeated, up_to


def _growing_backticks(size: int) -> str:
    return up_to(size, ("`" * length + "a" for length in count(1)))


def _lines_of_openers(size: int) -> str:
    return "*a **b _c __d ~~e [f ![g `\n" * (size // 27)


EMPHASIS = (
    repeated("unbalanced emphasis", "*_**__a "),
    repeated("open emphasis", "*a "),
    repeated("open strong emphasis", "**a "),
    repeated("open underscores", "_a "),
    repeated("openers of both kinds of emphasis", "*a_ "),
    repeated("openers and closers", "a**b"),
    repeated("asterisks", "*"),
    repeated("underscores", "_"),
    repeated("asterisks and underscores", "*_"),
    repeated("strong words", "**a** "),
    mirrored("emphasis in emphasis", "*a ", " b*"),
    mirrored("strong in emphasis", "*a **b ", " c** d*"),
    repeated("runs of three", "***a** b* "),
    repeated("open strikethrough", "~~a "),
    repeated("single tildes", "~a~ "),
    repeated("tildes", "~"),
    Bomb("openers of each kind, line by line", _lines_of_openers),
)

LINKS = (
    repeated("opening brackets", "["),
    repeated("closing brackets", "]"),
    repeated("openings of images", "!["),
    repeated("openings of links", "[a]("),
    repeated("ends of links without links", "]("),
    repeated("links without an end", "[a](b"),
    repeated("links in angle brackets without an end", "[a](<b"),
    repeated("links of nothing", "[]()"),
    repeated("images of nothing", "![[]()"),
    mirrored("brackets in brackets", "[", "]"),
    mirrored("images in images", "![", "](b)"),
    mirrored("links in links", "[", "](b)"),
    mirrored("parentheses in an address", "(", ")", inside="[a](http://b.c/"),
    repeated("links", "[a](http://e.com/?a=1&b=2) "),
    repeated("images", "![a](http://e.com/a.png) "),
    repeated("links with titles without an end", '[a](/b "c '),
    repeated("escaped brackets", "[\\[](b) "),
    repeated("brackets of two kinds", "[ (]("),
    repeated("dead links", "[a](javascript:alert) "),
)

ADDRESSES = (
    repeated("addresses", "http://e.com/a "),
    repeated("beginnings of addresses", "http://"),
    repeated("addresses without blanks", "http://e.com/"),
    repeated("www addresses", "www.e.com "),
    repeated("beginnings of www addresses", "www."),
    repeated("one address that grows", "a/", before="http://e.com/"),
    repeated("one address of parentheses", "(", before="http://e.com/", after=")"),
    repeated("one address of entities", "&amp;", before="http://e.com/?"),
    repeated("one address of full stops", ".", before="http://e.com/a"),
    repeated("addresses in angle brackets", "<http://e.com> "),
    repeated("emails", "a@b.cd "),
    repeated("emails without blanks", "a@b.cd"),
    repeated("at signs", "@"),
    repeated("one email of dots", "a.", after="@b.cd"),
    repeated("open angle brackets with addresses", "<http:a"),
    repeated("xmpp and mailto", "mailto:a@b.cd xmpp:a@b.cd/c "),
)

VERBATIM = (
    repeated("backticks", "`"),
    Bomb("backticks that grow", _growing_backticks),
    repeated("open code spans", "`a ``b "),
    repeated("code spans", "`a` "),
    repeated("one open code span", "a ", before="`"),
    repeated("escapes", "\\*"),
    repeated("backslashes", "\\"),
    repeated("entities", "&amp; &lt; "),
    repeated("long entities", "&CounterClockwiseContourIntegral;"),
    repeated("numbers of characters", "&#x1F600;&#0;"),
    repeated("ampersands", "&"),
    repeated("open entities", "&a"),
)

INLINE_HTML = (
    repeated("angle brackets", "<"),
    repeated("closing angle brackets", ">"),
    repeated("open tags", "a <b "),
    repeated("open tags with values", "a <b c='"),
    repeated("open closing tags", "a </"),
    repeated("open declarations", "a <!A "),
    repeated("open instructions", "a <? "),
    repeated("open comments in a line", "a <!-- "),
    repeated("tags in a line", "a <b>c</b> "),
)

INLINES = (*EMPHASIS, *LINKS, *ADDRESSES, *VERBATIM, *INLINE_HTML)
