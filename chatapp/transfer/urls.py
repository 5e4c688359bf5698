from django.urls import path

from chatapp.transfer.views import conversations, exports, imports

urlpatterns = [
    path("c/<uuid:conversation_id>/html", conversations.html, name="conversation-html"),
    path("c/<uuid:conversation_id>/json", conversations.json, name="conversation-json"),
    path("transfer/", exports.transfer, name="transfer"),
    path("transfer/exports/", exports.exports, name="exports"),
    path("transfer/exports/removal", exports.removal, name="export-removal"),
    path("transfer/imports/", imports.imports, name="imports"),
    path("transfer/imports/files", imports.files, name="import-files"),
    path(
        "transfer/imports/files/<uuid:file_id>/slices/<int:number>",
        imports.upload_slice,
        name="import-slice",
    ),
    path("transfer/imports/start", imports.start, name="import-start"),
    path("transfer/imports/cancellation", imports.cancellation, name="import-cancellation"),
    path("transfer/imports/<uuid:import_id>/removal", imports.removal, name="import-removal"),
    path("transfer/exports/<uuid:export_id>/archive", exports.archive, name="archive"),
]
