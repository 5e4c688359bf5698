"""What this process takes of the memory that there is."""

from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext

from chatapp.doctor.commands import heroku
from chatapp.doctor.result import Result, by_share, green, note

MEGABYTE = 1024 * 1024
STATUS = Path("/proc/self/status")
# The second is of older systems; either may be missing, and "max" or a huge number mean none.
LIMITS = (
    Path("/sys/fs/cgroup/memory.max"),
    Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"),
)
UNLIMITED = 2**50  # bytes


def look() -> Result:
    used = resident()
    if used is None:
        return note(gettext("This system does not tell."))
    return line(used, settings.DYNO_MEMORY_MB or cgroup_limit())


def line(used: int, limit: int) -> Result:
    """Both in MB; a limit of 0 is not known."""
    if not limit:
        return green(gettext("This process takes %s MB; no limit is known.") % used)
    found = gettext("This process takes %(used)s of %(limit)s MB.")
    fix = gettext("The image worker takes up to 300 MB more while it works. A larger dyno helps.")
    words = {"used": used, "limit": limit}
    return by_share(used, limit, found % words, fix, heroku("ps:type web=standard-2x"))


def resident() -> int | None:
    """In MB; None where there is no /proc."""
    if not STATUS.exists():
        return None
    fields = dict(each.split(":", 1) for each in STATUS.read_text().splitlines() if ":" in each)
    return int(fields["VmRSS"].split()[0]) // 1024


def cgroup_limit() -> int:
    """In MB, 0 for none."""
    texts = [path.read_text().strip() for path in LIMITS if path.exists()]
    limits = [int(text) for text in texts if text.isdigit()]
    return min((limit for limit in limits if limit < UNLIMITED), default=0) // MEGABYTE
