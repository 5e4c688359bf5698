"""Complete half-written Markdown, so that no raw `**` or `[text](http` is visible for a moment.

Only the open end of a reply is changed, and by guessing. A wrong guess lasts until the next
characters arrive, and the finished text is always rendered as it is.
"""

import re

# Characters of an open paragraph; a longer paragraph is shown as it is.
MAX_SCOPE = 4_000
# With more open marks at once the text is no emphasis.
MAX_OPEN_MARKS = 50

_PARTIAL_LINE = re.compile(
    r"""[ ]{0,3}(?:
        [-=]+ | [+*] | \d{1,9}[.)]? | \#{1,6} | >    # a marker that has no text yet
      | `{1,2} | ~ | `{3}[^`]* | ~~~.*               # a fence whose first line is not complete
      | \|[ \t|]*                                    # a table row without a cell
    )?[ \t]*""",
    re.VERBOSE,
)
_PARTIAL_DELIMITER_ROW = re.compile(r"[ \t]*\|[ \t|:-]*")
_ITEM_START = re.compile(r"(?:[ \t]*(?:[-+*]|\d{1,9}[.)]|\#{1,6}|>)(?:[ \t]+|$))+|[ \t]*\|")
_NESTED_FENCE = re.compile(r"^[ \t>]*(?:(?:[-+*]|\d{1,9}[.)])[ \t]+)*(?:`{3,}|~{3,})", re.MULTILINE)

_SPECIAL = re.compile(r"\\[(\[]|\\.|`+|\$\$|\*+|~~", re.DOTALL)
# Plain text and simple finished constructs, skipped in one go.
_FINISHED = re.compile(
    r"""(?:
        [^\\`*~$!\[]++ | !(?!\[) | \$(?!\$) | ~(?!~)
      | `[^`]++`(?!`)
      | \*\*[^\\`*~$\[\s][^\\`*~$\[]*+\*\*(?!\*)
      | \*[^\\`*~$\[\s][^\\`*~$\[]*+\*(?!\*)
      | \[[^\\`*~$\[\]]*+\]\([^()\s]*+\)
    )*+""",
    re.VERBOSE,
)
_VERBATIM_ENDS = {"$$": "$$", "\\(": "\\)", "\\[": "\\]"}
# A tag that may become one of the few that work, or the text behind it.
_TAG_END = re.compile(r"<(?:/?(?:kb?d?|su?[bp]?)?|b|br ?/?)$")
_OPEN_TAG = re.compile(r"<(kbd|sub|sup)>([^<>\n`|]{0,200})$")
_LINK_END = re.compile(r"!?\[(\^?)([^\[\]]{0,300})(?:\](?:\([^()\s]{0,2000})?)?$")


def presentable(source: str) -> str:
    """Return the source of the open end as it should be rendered now."""
    source = source[: _shown_length(source)]
    if "|" in source:
        source = _without_headless_table(source)
    if ("```" in source or "~~~" in source) and len(_NESTED_FENCE.findall(source)) % 2:
        return source
    start = _scope_start(source)
    if start is None:
        return source
    else:
        return source[:start] + close_open_inlines(_with_closed_tag(source[start:]))


def close_open_inlines(text: str) -> str:
    """Close open emphasis, code and formulas, and turn an open link into plain text."""
    open_marks: list[str] = []
    finished = _FINISHED.match(text)
    position = verbatim_end = finished.end() if finished else 0
    if position == len(text):
        return text
    while found := _SPECIAL.search(text, position):
        mark, start, position = found[0], found.start(), found.end()
        if mark[0] == "`" or mark in _VERBATIM_ENDS:
            end = _end_of_verbatim(text, mark, position)
            if end is None:
                return _closed(_close_verbatim(text, start, position, mark), open_marks)
            position = verbatim_end = end
        elif mark[0] in "*~":
            used = _toggle(open_marks, mark, text[start - 1 : start], text[position : position + 1])
            if len(open_marks) > MAX_OPEN_MARKS:
                return text
            if not used and position == len(text):
                text = text[:start]
    if position < len(text) and text.endswith(("\\", "~") if "~~" in open_marks else "\\"):
        text = text[:-1]
    if "[" in text[verbatim_end:]:
        text = text[:verbatim_end] + _LINK_END.sub(_link_text, text[verbatim_end:])
    return _closed(text, open_marks)


def _shown_length(source: str) -> int:
    line_start = source.rfind("\n") + 1
    return line_start if _PARTIAL_LINE.fullmatch(source, line_start) else len(source)


def _without_headless_table(source: str) -> str:
    """Hide the head of a table until the row below shows that it is one."""
    last_start = source.rfind("\n", 0, len(source) - 1) + 1
    if not source[last_start:].lstrip(" \t").startswith("|"):
        return source
    previous_start = source.rfind("\n", 0, max(last_start - 1, 0)) + 1
    if not source[previous_start:last_start].lstrip(" \t").startswith("|"):
        return source[:last_start]
    before_start = source.rfind("\n", 0, max(previous_start - 1, 0)) + 1
    is_second_row = not source[before_start:previous_start].lstrip(" \t").startswith("|")
    is_partial = _PARTIAL_DELIMITER_ROW.fullmatch(source, last_start)
    return source[:previous_start] if is_second_row and is_partial else source


def _scope_start(source: str) -> int | None:
    """Return where the open paragraph, list item, heading or table row begins.

    None means that it is longer than MAX_SCOPE.
    """
    end = len(source) - source.endswith("\n")
    while end > 0 and len(source) - end <= MAX_SCOPE:
        line_start = source.rfind("\n", 0, end) + 1
        if not source[line_start:end].strip(" \t"):
            return min(end + 1, len(source))
        marker = _ITEM_START.match(source, line_start, end)
        if marker:
            return marker.end()
        end = line_start - 1
    return 0 if end <= 0 else None


def _end_of_verbatim(text: str, mark: str, position: int) -> int | None:
    if mark[0] == "`":
        closing = re.compile(rf"(?<!`){mark}(?!`)").search(text, position)
        return closing.end() if closing else None
    end = text.find(_VERBATIM_ENDS[mark], position)
    return end + 2 if end >= 0 else None


def _close_verbatim(text: str, start: int, position: int, mark: str) -> str:
    content = text[position:].rstrip()
    if content.strip("`\\$"):
        return text[:position] + content.rstrip("\\") + _VERBATIM_ENDS.get(mark, mark)
    else:
        return text[:start]


def _toggle(open_marks: list[str], mark: str, before: str, after: str) -> bool:
    """Open or close emphasis at a run of marks; return False when the run does neither."""
    pieces = ["~~"] if mark == "~~" else ["**"] * (len(mark) // 2) + ["*"] * (len(mark) % 2)
    closes = bool(before.strip())
    # By the standard `2*3` may be emphasis, but it is more often a product.
    opens = bool(after.strip()) and not (before.isascii() and before.isalnum())
    used = False
    for piece in reversed(pieces) if closes else pieces:
        if closes and piece in open_marks:
            open_marks.remove(piece)
            used = True
        elif opens:
            open_marks.append(piece)
            used = True
    return used


def _with_closed_tag(text: str) -> str:
    """Close `H<sub>2`, and hide a tag at the end of which only the beginning is known."""
    tag = _TAG_END.search(text) or _OPEN_TAG.search(text)
    if tag is None or text.count("`", 0, tag.start()) % 2:  # perhaps in code
        return text
    text = _TAG_END.sub("", text)
    return _OPEN_TAG.sub(lambda tag: tag[2] and f"{tag[0]}</{tag[1]}>", text)


def _link_text(link: re.Match[str]) -> str:
    footnote, text = link.groups()
    return "" if footnote else text


def _closed(text: str, open_marks: list[str]) -> str:
    if open_marks:
        return text.rstrip() + "".join(reversed(open_marks))
    else:
        return text
