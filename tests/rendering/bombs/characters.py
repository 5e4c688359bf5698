"""Bombs of plain characters: lines without end, and those that are more than they seem."""

from tests.rendering.bombs.bomb import Bomb, repeated


def _each_end_of_line(size: int) -> str:
    return "a\r\nb\rc\n\r\r\n" * (size // 11)


LINES = (
    repeated("one long line", "a"),
    repeated("one long line of words", "word "),
    repeated("spaces", " "),
    repeated("spaces between two words", " ", before="a", after="b"),
    repeated("tabs", "\t"),
    repeated("newlines", "\n"),
    repeated("newlines after a word", "\n", before="a"),
    repeated("carriage returns", "\r"),
    Bomb("ends of lines of each kind", _each_end_of_line),
    repeated("lines of spaces", "   \n"),
    repeated("numbers", "1"),
    repeated("hyphens", "-"),
    repeated("full stops", "."),
    repeated("quotation marks", '"'),
    repeated("letters that need escaping", '<&>"'),
)

SCRIPTS = (
    repeated("one long line of Chinese", "漢"),
    repeated("Chinese sentences with emphasis", "**注意：**请先备份。"),
    repeated("Arabic with code", "اكتب `./run.sh --all` "),
    repeated("combining marks", "\u0301", before="a"),
    repeated("letters with many marks", "a" + "\u0301" * 20),
    repeated("families", "👩‍👩‍👧‍👦"),
    repeated("emoji", "😀"),
    repeated("flags", "🇩🇪"),
    repeated("marks of direction", "\u202e\u202d\u2066a"),
    repeated("letters without width", "\u200b\u200d\u2060"),
    repeated("spaces that don't break", "\u00a0"),
    repeated("Unicode separators", "a\u2028b\u2029c\u0085"),
    repeated("letters outside the first plane", "𝄞𝔘"),
)

ODD = (
    repeated("NUL", "a\0"),
    repeated("byte order marks", "\ufeffa"),
    repeated("half surrogates", "\ud83da"),
    repeated("noncharacters", "\ufffe\uffff"),
    repeated("terminal colours", "\x1b[32mPASS\x1b[0m "),
    repeated("form feeds", "a\f\v\n"),
    repeated("backspaces", "a\b"),
)

CHARACTERS = (*LINES, *SCRIPTS, *ODD)
