from django.urls import path

from chatapp.prompts.views import editing, listing, transfer, use

urlpatterns = [
    path("", listing.prompts, name="prompts"),
    path("export", transfer.export, name="saved-prompt-export"),
    path("import", transfer.import_, name="saved-prompt-import"),
    path("new", editing.new, name="saved-prompt-new"),
    path("picker", listing.picker, name="saved-prompt-picker"),
    path("<uuid:prompt_id>/", editing.change, name="saved-prompt"),
    path("<uuid:prompt_id>/deletion", editing.deletion, name="saved-prompt-deletion"),
    path("<uuid:prompt_id>/use", use.use, name="saved-prompt-use"),
]
