"""Template tags for the frame of every page."""

from django import template
from django.contrib.staticfiles.storage import staticfiles_storage
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

register = template.Library()


@register.simple_tag
def module_preloads() -> SafeString:
    """Names every module at once, so that none waits for a second round trip."""
    names = sorted(name for name in _served() if name.startswith("js/"))
    return format_html_join(
        "\n",
        '<link rel="modulepreload" href="{}">',
        ((staticfiles_storage.url(name),) for name in names),
    )


def _served() -> dict[str, str]:
    files: dict[str, str] = getattr(staticfiles_storage, "hashed_files", {})
    return files
