"""Build static files: hashed and compressed, stylesheets and modules each joined into one file."""

import hashlib
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import Storage
from django.core.management import call_command
from whitenoise.storage import CompressedManifestStaticFilesStorage

from chatapp.server import modules
from chatapp.server.modules import ModuleError, join_modules

# What a page names in its head: the chat, the pages beside it, and the pages before a sign-in.
STYLESHEETS = (
    *("css/app.css", "css/frame.css", "css/account.css"),
    *("css/search.css", "css/settings.css", "css/sharing.css"),
)
SCRIPTS = ("js/app.js", "js/frame.js", "js/account.js")
# What these do without. Each runs after any of its first scripts and shares the modules of all.
LATER_SCRIPTS = {
    "js/images.js": ("js/app.js",),
    "js/lightbox.js": ("js/app.js",),
    "js/my-account.js": ("js/frame.js",),
    "js/owner.js": ("js/frame.js",),
    "js/people.js": ("js/frame.js",),
    "js/files.js": ("js/app.js", "js/frame.js"),
    "js/passkeys.js": ("js/frame.js", "js/account.js"),
    "js/prompts.js": ("js/app.js",),
    "js/reading.js": ("js/app.js",),
    "js/search.js": ("js/app.js",),
    "js/settings.js": ("js/app.js",),
    "js/sharing.js": ("js/app.js",),
    "js/sidebar.js": ("js/app.js", "js/frame.js"),
    "js/transfer.js": ("js/frame.js",),
    "js/versions.js": ("js/app.js",),
}
IMPORT = re.compile(r'^@import "(?P<name>[\w/-]+\.css)";$', re.MULTILINE)
COMMENT_OR_TEXT = re.compile(r"""/\*.*?\*/|(?P<text>"[^"\n]*"|'[^'\n]*')""", re.DOTALL)
INDENT = re.compile(r"\s*\n\s*")
FINGERPRINT = "sources.sha256"


class StaticFilesStorage(CompressedManifestStaticFilesStorage):
    """Store one stylesheet and one module in place of their parts."""

    def post_process(self, paths: dict[str, Any], **options: Any) -> Iterator[Any]:
        if not options.get("dry_run"):
            paths = self._join(paths)
        yield from super().post_process(paths, **options)

    def _join(self, paths: dict[str, Any]) -> dict[str, Any]:
        served = dict(paths)
        texts = {name: _read(*at) for name, at in paths.items() if name.endswith((".css", ".js"))}
        joined = {name: join_stylesheets(texts, name) for name in STYLESHEETS}
        joined |= join_scripts(texts)
        for entry, (text, parts) in joined.items():
            for part in set(parts) & served.keys():
                self.delete(part)
                del served[part]
            self._save(entry, ContentFile(text.encode()))
            served[entry] = (self, entry)
        return served


def join_scripts(texts: Mapping[str, str]) -> dict[str, tuple[str, list[str]]]:
    """Return each joined script and the names of its files, by its name.

    Raises ModuleError when a later script would run a module again that only some of its first
    scripts have.
    """
    joined = {}
    for first in SCRIPTS:
        later = [name for name, firsts in LATER_SCRIPTS.items() if first in firsts]
        joined[first] = join_modules(texts, first, later=later)
    for name, firsts in LATER_SCRIPTS.items():
        parts = [set(joined[first][1]) for first in firsts]
        joined[name] = join_modules(texts, name, shared=set.intersection(*parts))
        if again := set.union(*parts) & set(joined[name][1]):
            raise ModuleError(name, 1, f"{', '.join(sorted(again))} must be in each of {firsts}")
    return joined


def join_stylesheets(texts: Mapping[str, str], entry: str) -> tuple[str, list[str]]:
    """Return `entry` with its imports replaced by their content, and the names of all files.

    Comments and indents are left out, as of modules.
    """
    folder = entry.rpartition("/")[0]
    parts = [f"{folder}/{name}" for name in IMPORT.findall(texts[entry])]
    joined = IMPORT.sub(lambda match: texts[f"{folder}/{match['name']}"], texts[entry])
    return _without_comments(joined), [entry, *parts]


def _without_comments(text: str) -> str:
    kept = COMMENT_OR_TEXT.sub(lambda match: match["text"] or "", text)
    return INDENT.sub("\n", kept).strip() + "\n"


def is_built() -> bool:
    return (Path(settings.STATIC_ROOT) / "staticfiles.json").exists()


def build_if_changed() -> bool:
    """Run collectstatic if a source file has changed since the last time. Return whether it ran."""
    mark = Path(settings.STATIC_ROOT) / FINGERPRINT
    fingerprint = _fingerprint()
    if mark.exists() and mark.read_text() == fingerprint:
        return False
    call_command("collectstatic", interactive=False, clear=True, verbosity=0)
    mark.write_text(fingerprint)
    return True


def _read(source: Storage, path: str) -> str:
    with source.open(path) as file:
        text: str = file.read().decode()
    return text


def _fingerprint() -> str:
    digest = hashlib.sha256()
    for code in (__file__, modules.__file__):
        digest.update(Path(code).read_bytes())
    for folder in settings.STATICFILES_DIRS:
        for path in sorted(Path(folder).rglob("*")):
            if path.is_file():
                digest.update(str(path.relative_to(folder)).encode())
                digest.update(path.read_bytes())
    return digest.hexdigest()
