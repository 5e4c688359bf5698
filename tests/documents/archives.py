"""Archives for the tests of documents, without a database."""

import io
import zipfile

from tests.documents.phrases import FILES


def archive(**entries: bytes | str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in entries.items():
            made.writestr(name, content)
    return file.getvalue()


def changed(name: str, entry: str, content: bytes) -> bytes:
    """Return one of the files with other content of one entry."""
    with zipfile.ZipFile(FILES / name) as whole:
        entries = {each: whole.read(each) for each in whole.namelist()}
    return archive(**entries | {entry: content})
