"""Static files: hashed, compressed, the stylesheet joined into one file."""

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.management import call_command
from whitenoise.storage import CompressedManifestStaticFilesStorage

STYLESHEET = "css/app.css"
IMPORT = re.compile(r'^@import "(?P<name>[\w-]+\.css)";$', re.MULTILINE)
FINGERPRINT = "sources.sha256"


class StaticFilesStorage(CompressedManifestStaticFilesStorage):
    """Follows imports between modules, and serves one stylesheet in place of its parts."""

    support_js_module_import_aggregation = True

    def post_process(self, paths: dict[str, Any], **options: Any) -> Iterator[Any]:
        if STYLESHEET in paths and not options.get("dry_run"):
            paths = self._join_stylesheet(paths)
        yield from super().post_process(paths, **options)

    def _join_stylesheet(self, paths: dict[str, Any]) -> dict[str, Any]:
        source = Path(self.path(STYLESHEET))
        css, parts = source.read_text(), IMPORT.findall(source.read_text())
        joined = IMPORT.sub(lambda match: (source.parent / match["name"]).read_text(), css)
        self.delete(STYLESHEET)
        self._save(STYLESHEET, ContentFile(joined.encode()))
        for part in parts:
            self.delete(f"css/{part}")
        left = {name: at for name, at in paths.items() if name not in {f"css/{p}" for p in parts}}
        return {**left, STYLESHEET: (self, STYLESHEET)}


def build_if_changed() -> bool:
    """Runs collectstatic when a source file changed since the last time; tells whether it did."""
    mark = Path(settings.STATIC_ROOT) / FINGERPRINT
    fingerprint = _fingerprint()
    if mark.exists() and mark.read_text() == fingerprint:
        return False
    call_command("collectstatic", interactive=False, clear=True, verbosity=0)
    mark.write_text(fingerprint)
    return True


def _fingerprint() -> str:
    digest = hashlib.sha256(Path(__file__).read_bytes())
    for folder in settings.STATICFILES_DIRS:
        for path in sorted(Path(folder).rglob("*")):
            if path.is_file():
                digest.update(str(path.relative_to(folder)).encode())
                digest.update(path.read_bytes())
    return digest.hexdigest()
