"""What an import leaves out of what came in, in words. The keys are those of `Skipped` and more."""

from typing import Any

from django.utils.translation import ngettext_lazy

SKIPPED: dict[str, Any] = {
    "audio": ngettext_lazy("%(count)d recording", "%(count)d recordings", "count"),
    "cycle": ngettext_lazy(
        "%(count)d message came before itself; it begins a version of its own",
        "%(count)d messages came before themselves; each begins a version of its own",
        "count",
    ),
    "document_missing": ngettext_lazy(
        "%(count)d document that isn't in the export",
        "%(count)d documents that aren't in the export",
        "count",
    ),
    "document_quota": ngettext_lazy(
        "%(count)d document for which there is no space. Delete some, then import again",
        "%(count)d documents for which there is no space. Delete some, then import again",
        "count",
    ),
    "document_unreadable": ngettext_lazy(
        "%(count)d document that can't be read", "%(count)d documents that can't be read", "count"
    ),
    "duplicate": ngettext_lazy(
        "%(count)d message that the export has twice",
        "%(count)d messages that the export has twice",
        "count",
    ),
    "empty": ngettext_lazy("%(count)d empty message", "%(count)d empty messages", "count"),
    "empty_conversation": ngettext_lazy(
        "%(count)d chat without messages", "%(count)d chats without messages", "count"
    ),
    "file": ngettext_lazy(
        "%(count)d file that isn't an image, or isn't in the export; the chat names it",
        "%(count)d files that aren't images, or aren't in the export; the chats name them",
        "count",
    ),
    "image": ngettext_lazy(
        "%(count)d image of a search, which the export doesn't hold",
        "%(count)d images of searches, which the export doesn't hold",
        "count",
    ),
    "image_missing": ngettext_lazy(
        "%(count)d image that isn't in the export",
        "%(count)d images that aren't in the export",
        "count",
    ),
    "image_quota": ngettext_lazy(
        "%(count)d image for which there is no space. Delete some, then import again",
        "%(count)d images for which there is no space. Delete some, then import again",
        "count",
    ),
    "image_too_large": ngettext_lazy(
        "%(count)d image that is too large", "%(count)d images that are too large", "count"
    ),
    "image_unreadable": ngettext_lazy(
        "%(count)d image that can't be read", "%(count)d images that can't be read", "count"
    ),
    "instructions": ngettext_lazy(
        "%(count)d message with instructions or memory",
        "%(count)d messages with instructions or memory",
        "count",
    ),
    "long_instructions": ngettext_lazy(
        "The end of the very long instructions of %(count)d project",
        "The ends of the very long instructions of %(count)d projects",
        "count",
    ),
    "long_text": ngettext_lazy(
        "The end of %(count)d very long message",
        "The ends of %(count)d very long messages",
        "count",
    ),
    "missing_parent": ngettext_lazy(
        "%(count)d message answers one that isn't in the export; it begins a version",
        "%(count)d messages answer some that aren't in the export; each begins a version",
        "count",
    ),
    "more_files": ngettext_lazy(
        "%(count)d file of a project that has as many as there can be",
        "%(count)d files of projects that have as many as there can be",
        "count",
    ),
    "more_projects": ngettext_lazy(
        "%(count)d project, as you have as many as there can be. Delete some, then import again",
        "%(count)d projects, as you have as many as there can be. Delete some, then import again",
        "count",
    ),
    "prompts": ngettext_lazy(
        "%(count)d prompt that is here already, or for which there is no room",
        "%(count)d prompts that are here already, or for which there is no room",
        "count",
    ),
    "project": ngettext_lazy(
        "The project of %(count)d chat, which isn't in the export or is in the trash here",
        "The projects of %(count)d chats, which aren't in the export or are in the trash here",
        "count",
    ),
    "sample_project": ngettext_lazy(
        "%(count)d sample project, which the other product made",
        "%(count)d sample projects, which the other product made",
        "count",
    ),
    "settings": ngettext_lazy(
        "%(count)d setting or draft, as there is one here already",
        "%(count)d settings or drafts, as there are some here already",
        "count",
    ),
    "tools": ngettext_lazy(
        "%(count)d setting of tools. Approve tools and add their servers here",
        "%(count)d settings of tools. Approve tools and add their servers here",
        "count",
    ),
    "unknown": ngettext_lazy(
        "%(count)d part of a message that we don't know",
        "%(count)d parts of messages that we don't know",
        "count",
    ),
}
