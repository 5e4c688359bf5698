"""Decode the bytes of a page as browsers do: the WHATWG's encoding standard, shortened."""

from __future__ import annotations

import codecs
import re

MAX_META_BYTES = 4096  # at the beginning of a page, in which it may declare its charset
IN_META = re.compile(
    rb"""<meta\b[^>]{0,300}?\bcharset\s*=\s*["']?\s*([\w.:-]{1,40})""", re.IGNORECASE
)
IN_HEADER = re.compile(r"""\bcharset\s*=\s*["']?\s*([\w.:-]{1,40})""", re.IGNORECASE)
BYTE_ORDER_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}

# A list of allowed charsets: Python also has codecs that unpack archives or take quadratic time.
FAMILIES = re.compile(
    r"utf-?8|utf-?16(?:le|be)?|iso-?8859-(?:[2-9]|1[0-6])|(?:windows-|cp)125[0-8]"
    r"|koi8-[ru]|gbk|gb18030|big5|euc-(?:jp|kr)|iso-2022-jp|shift_jis|macintosh"
)
# The charset that a page declares, and the codec that decodes it.
READ_AS = {
    "us-ascii": "cp1252",
    "ascii": "cp1252",
    "latin1": "cp1252",
    "iso-8859-1": "cp1252",
    "iso8859-1": "cp1252",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "x-sjis": "cp932",
    "euc-kr": "cp949",
    "ks_c_5601-1987": "cp949",
    "iso-8859-9": "cp1254",
    "macintosh": "mac_roman",
}


def decode(content: bytes, content_type: str) -> str:
    """Return the text of a page; never raises.

    The charset is taken from the first bytes, the HTTP header, the page's own declaration or its
    looks, in this order. Bytes that don't fit are replaced.
    """
    for mark, codec in BYTE_ORDER_MARKS.items():
        if content.startswith(mark):
            return content.decode(codec, "replace")
    if codec := _in_header(content_type) or _in_page(content):
        return content.decode(codec, "replace")
    try:
        return content.decode()
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


def _in_header(content_type: str) -> str:
    named = IN_HEADER.search(content_type)
    return _codec(named[1]) if named else ""


def _in_page(content: bytes) -> str:
    named = IN_META.search(content, 0, MAX_META_BYTES)
    codec = _codec(named[1].decode("ascii", "replace")) if named else ""
    # A page whose declaration is readable as ASCII can't be UTF-16.
    return "utf-8" if codec.startswith("utf-16") else codec


def _codec(name: str) -> str:
    """Return Python's codec for a charset, "" for an unknown one."""
    name = name.lower()
    known = name in READ_AS or FAMILIES.fullmatch(name)
    return READ_AS.get(name, name) if known else ""
