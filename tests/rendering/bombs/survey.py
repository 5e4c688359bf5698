"""`python -m tests.rendering.bombs.survey`: which lexers are slow at which text.

Tries every lexer of Pygments at every pattern below, `CHARACTERS` of each, and prints the slowest
pairs as lines for `lexers.py`, the worst first and one of each language. A pair that does
not end in `PATIENCE` seconds is ended, and a language of which many pairs are slow is left then.
Takes about half an hour on two cores.
"""

import multiprocessing
import signal
import sys
import time
from collections import Counter
from typing import Any, NamedTuple

from pygments import __version__
from pygments.lexers import get_all_lexers, get_lexer_by_name

CHARACTERS = 3_000
PATIENCE = 2.0  # seconds for one pair
SLOW = 0.25  # seconds, from which on a pair is kept
SHORT, SUSPICIOUS = 600, 0.005  # characters and seconds of CPU: what is faster is not tried
ENOUGH = 6  # slow pairs of a language
MAX_PAIRS = 48
MAX_OF_A_LANGUAGE = 1

# Repeated until there are enough characters; the first part of a pair stands once, before that.
PATTERNS = (
    *("word\n", "a\n", "\n", " ", "\t", "a", "1", "漢", "é", "a ", "Aa ", "a\t"),
    *(c for c in "_-=*#;.:\\/<>|&%$@~^!?,+([{)]}\"'`"),
    *(
        "a.",
        "a.a.a ",
        "a::",
        "a->",
        "a, ",
        "a=",
        "a = b\n",
        "a:b ",
        "a: b\n",
        "a;",
        "a/",
        "a(",
        "(a",
    ),
    *(
        "[a",
        "{a",
        "<a ",
        "<a<a",
        "A<A<",
        "</a",
        "\\a",
        "\\\n",
        "a\\\n",
        "\\\\\n",
        '\\"',
        '"a" ',
        "'a' ",
    ),
    *(
        '"\\',
        "'\\",
        '""',
        "''",
        '"a\n',
        "'a\n",
        "`a",
        "#{",
        "${",
        "%{",
        "{{",
        "{%",
        "[[",
        "]]",
        "@{",
    ),
    *(
        "0x0",
        "1e1",
        "1.1.",
        "1_",
        "--",
        "-- a\n",
        "// a\n",
        "# a\n",
        "; a\n",
        "% a\n",
        "! a\n",
        "@a ",
    ),
    *(
        "$a ",
        ":a ",
        "#a ",
        "%a ",
        "&a ",
        "- a\n",
        "* a\n",
        "> a\n",
        "| a ",
        "[a]\n",
        "<<A\n",
        "<<<A\n",
    ),
    *(
        "def a\n",
        "class a ",
        "function a(",
        "import a.",
        "public static ",
        "if ",
        "begin ",
        "end\n",
    ),
    *(
        "let a ",
        "a -> b ",
        "a => ",
        "a : ",
        "a <- b\n",
        "case a:\n",
        "var a\n",
        "sub a {\n",
        "void a(",
    ),
)
OPENINGS = (
    *('"', "'", "`", '"""', "'''", "/*", "(*", "{-", "<!--", "--[[", "#|", "/**", "[[", "=begin\n"),
    *(
        "<?php ",
        "{{",
        "{%",
        "#{",
        "${",
        "%(",
        "q(",
        '@"',
        'R"(',
        "<<A\n",
        "<<<A\n",
        "<<-A\n",
        "$(",
        "s/",
    ),
    *(
        "\\begin{",
        "#!",
        "#!/",
        "---\n",
        "%{",
        "<%",
        "<script>",
        "<style>",
        "(",
        "[",
        "{",
        "<",
        "/",
        "%",
    ),
)
FILLINGS = ("a ", "\\", "\n", "*", '"')


class Slow(NamedTuple):
    seconds: float  # PATIENCE when it was ended
    language: str
    opening: str
    pattern: str


def main() -> None:
    signal.signal(signal.SIGVTALRM, _out_of_time)
    languages = sorted(aliases[0] for _, aliases, _, _ in get_all_lexers() if aliases)
    with multiprocessing.Pool(int(sys.argv[1]) if sys.argv[1:] else 2) as pool:
        found = [slow for some in pool.imap_unordered(survey, languages) for slow in some]
    print(f"Pygments {__version__}, {len(languages)} languages, {len(found)} slow pairs")
    for slow in worst(found):
        print(f"    {tuple(slow)},".replace("'", '"'))


def survey(language: str) -> list[Slow]:
    lexer = get_lexer_by_name(language, stripnl=False, ensurenl=False)
    pairs = [("", pattern) for pattern in PATTERNS]
    pairs += [(opening, filling) for opening in OPENINGS for filling in FILLINGS]
    found = []
    for opening, pattern in pairs:
        if seconds_of(lexer, hostile(opening, pattern, SHORT)) < SUSPICIOUS:
            continue
        seconds = seconds_of(lexer, hostile(opening, pattern, CHARACTERS))
        if seconds > SLOW:
            found.append(Slow(round(seconds, 2), language, opening, pattern))
        if len(found) == ENOUGH:
            break
    print(language, [tuple(slow) for slow in found], file=sys.stderr, flush=True)
    return found


def hostile(opening: str, pattern: str, characters: int) -> str:
    return (opening + pattern * (characters // len(pattern) + 1))[:characters]


def seconds_of(lexer: Any, text: str) -> float:
    """Of CPU; a regular expression lets signals through."""
    begin = time.process_time()
    signal.setitimer(signal.ITIMER_VIRTUAL, PATIENCE)
    try:
        for _ in lexer.get_tokens(text):
            pass
    except TimeoutError:
        return PATIENCE
    except Exception as error:  # some lexers fail at such text, which is a finding too
        print(lexer.name, repr(text[:20]), repr(error)[:100], file=sys.stderr, flush=True)
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    return time.process_time() - begin


def worst(found: list[Slow]) -> list[Slow]:
    of_language: Counter[str] = Counter()
    kept = []
    for slow in sorted(found, key=lambda slow: -slow.seconds):
        of_language[slow.language] += 1
        if of_language[slow.language] <= MAX_OF_A_LANGUAGE:
            kept.append(slow)
    return kept[:MAX_PAIRS]


def _out_of_time(*_: object) -> None:
    raise TimeoutError


if __name__ == "__main__":
    main()
