from django.urls import path

from chatapp.transfer.views import conversations, exports

urlpatterns = [
    path("c/<uuid:conversation_id>/html", conversations.html, name="conversation-html"),
    path("c/<uuid:conversation_id>/json", conversations.json, name="conversation-json"),
    path("transfer/", exports.transfer, name="transfer"),
    path("transfer/exports/", exports.exports, name="exports"),
    path("transfer/exports/removal", exports.removal, name="export-removal"),
    path("transfer/exports/<uuid:export_id>/archive", exports.archive, name="archive"),
]
