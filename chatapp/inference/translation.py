"""Mark sentences for translation, without Django.

A marked sentence stays English here. `makemessages` finds it by the name of this function, and
the app translates it when it is shown to a person: `error.translated(gettext)`.
"""

from __future__ import annotations


def gettext_noop(sentence: str) -> str:
    return sentence
