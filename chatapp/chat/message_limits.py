"""What a message may have at most, and which files it takes."""

from typing import Any

from django.conf import settings

from chatapp.documents.page_ranges import MAX_DOCUMENT_TOKENS
from chatapp.images.formats import Format
from chatapp.images.processing import MAX_UPLOAD_BYTES

# What a file dialog offers. Names, because systems know no type for phones' images or source code.
IMAGE_ENDINGS = ".jpg .jpeg .png .webp .gif .avif .heic .heif .bmp .tif .tiff"
DOCUMENT_ENDINGS = (
    ".pdf .docx .xlsx .xls .ods .pptx .epub .html .htm .md .txt .csv .tsv .json .yaml .yml .toml "
    ".xml .log .tex .py .js .ts .css .c .h .cpp .cs .go .rs .java .kt .rb .php .sh .sql"
)
FILE_TYPES = ",".join(
    [*Format, "image/heif", "text/*", *IMAGE_ENDINGS.split(), *DOCUMENT_ENDINGS.split()]
)


def limits() -> dict[str, Any]:
    """Return them as forms show them."""
    return {
        "max_characters": settings.MAX_MESSAGE_CHARACTERS,
        "max_images": settings.MAX_IMAGES_PER_MESSAGE,
        "max_image_bytes": MAX_UPLOAD_BYTES,
        "max_document_tokens": MAX_DOCUMENT_TOKENS,
        "max_image_megabytes": MAX_UPLOAD_BYTES // 1024**2,
        "file_types": FILE_TYPES,
    }
