"""Name a browser and its system, from what the browser calls itself.

A few rules for the browsers that people use; whatever else signs in is named by its first word.
"""

from django.utils.translation import gettext as _

# Browsers also name those that they want to be taken for, so the more special come first.
BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Vivaldi/", "Vivaldi"),
    ("YaBrowser/", "Yandex Browser"),
    ("FxiOS/", "Firefox"),
    ("Firefox/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Epiphany/", "GNOME Web"),
    ("Safari/", "Safari"),
)
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("CrOS", "ChromeOS"),
    ("Windows", "Windows"),
    ("Macintosh", "macOS"),
    ("Linux", "Linux"),
    ("X11", "Unix"),
)
MAX_WORD = 30  # characters of a name that we don't know


def device_name(user_agent: str) -> str:
    """Return a name such as "Firefox on Windows", whatever the sender wrote."""
    browser = _first(BROWSERS, user_agent) or _first_word(user_agent)
    system = _first(SYSTEMS, user_agent)
    if browser and system:
        return _("%(browser)s on %(system)s") % {"browser": browser, "system": system}
    return browser or system or _("Unknown browser")


def _first(rules: tuple[tuple[str, str], ...], user_agent: str) -> str:
    return next((name for mark, name in rules if mark in user_agent), "")


def _first_word(user_agent: str) -> str:
    """Return the name of a program that isn't a browser, such as curl."""
    name, slash, _version = user_agent.partition("/")
    is_name = slash and name.isascii() and name.isprintable() and name != "Mozilla"
    return name.strip()[:MAX_WORD] if is_name else ""
