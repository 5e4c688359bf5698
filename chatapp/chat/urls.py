from django.urls import path

from chatapp.chat.views import (
    branches,
    conversations,
    drafts,
    edits,
    images,
    markdown,
    messages,
    model_images,
    page,
    replies,
    settings,
    storage,
    tool_calls,
    uploads,
    versions,
)

# What pages load when it is needed: address and name > template.
LATER = {
    "conversation-menu": "sidebar/_conversation_menu.html",
    "image-tools": "images/_tools.html",
    "reading-tools": "reading/_tools.html",
}
urlpatterns = [
    path("", page.home, name="home"),
    path("conversations", conversations.conversations, name="conversations"),
    path("c/<uuid:conversation_id>/", page.conversation, name="conversation"),
    path("c/<uuid:conversation_id>/messages", messages.messages, name="messages"),
    path("c/<uuid:conversation_id>/markdown", markdown.markdown, name="markdown"),
    *(path(name, page.later, {"template": file}, name) for name, file in LATER.items()),
    path("c/<uuid:conversation_id>/messages/<uuid:message_id>/", versions.menu, name="message"),
    path("c/<uuid:conversation_id>/messages/<uuid:message_id>/edit", edits.edit, name="edit"),
    path("c/<uuid:conversation_id>/messages/<uuid:message_id>/shown", versions.shown, name="shown"),
    path(
        "c/<uuid:conversation_id>/messages/<uuid:message_id>/branch", branches.branch, name="branch"
    ),
    path("draft", drafts.draft, name="draft"),
    path("c/<uuid:conversation_id>/draft", drafts.draft, name="conversation-draft"),
    path("c/<uuid:conversation_id>/title", conversations.title, name="title"),
    path("c/<uuid:conversation_id>/settings", settings.settings, name="settings"),
    path("c/<uuid:conversation_id>/deletion", conversations.deletion, name="deletion"),
    path("c/<uuid:conversation_id>/replies/<uuid:reply_id>/state", replies.state, name="state"),
    path("c/<uuid:conversation_id>/replies/<uuid:reply_id>/stop", replies.stop, name="stop"),
    path("c/<uuid:conversation_id>/replies/<uuid:reply_id>/retry", replies.retry, name="retry"),
    path(
        "c/<uuid:conversation_id>/replies/<uuid:reply_id>/continuation",
        replies.continuation,
        name="continuation",
    ),
    path(
        "c/<uuid:conversation_id>/replies/<uuid:reply_id>/regeneration",
        versions.regeneration,
        name="regeneration",
    ),
    path(
        "c/<uuid:conversation_id>/replies/<uuid:reply_id>/exclusion",
        replies.exclusion,
        name="exclusion",
    ),
    path(
        "c/<uuid:conversation_id>/replies/<uuid:reply_id>/tool-calls/<uuid:tool_call_id>",
        tool_calls.whole,
        name="tool_call",
    ),
    path(
        "c/<uuid:conversation_id>/replies/<uuid:reply_id>/tool-calls/<uuid:tool_call_id>/decision",
        tool_calls.decision,
        name="decision",
    ),
    path("settings/defaults", settings.defaults, name="defaults"),
    path("storage/", storage.storage, name="storage"),
    path("m/<str:token>", model_images.image_for_model, name="image-for-model"),
    path("images/", uploads.upload, name="images"),
    path("images/links", uploads.links, name="image-links"),
    path("images/<uuid:image_id>/", images.image, name="image"),
    path("images/<uuid:image_id>/thumbnail", images.thumbnail, name="thumbnail"),
    path("images/<uuid:image_id>/alt", images.alt, name="image-alt"),
]
