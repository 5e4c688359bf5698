from django.urls import path

from chatapp.sharing.views import continuation, listing, shared, sharing

urlpatterns = [
    path("c/<uuid:conversation_id>/share", sharing.share, name="share"),
    path("c/<uuid:conversation_id>/share/snapshot", sharing.snapshot, name="share-snapshot"),
    path("shares/", listing.shares, name="shares"),
    path("shares/<uuid:share_id>/revocation", listing.revocation, name="share-revocation"),
    path("s/<str:share_token>/", shared.page, name="shared"),
    path("s/<str:share_token>/password", shared.password, name="shared-password"),
    path("s/<str:share_token>/images/<int:number>", shared.image, name="shared-image"),
    path(
        "s/<str:share_token>/images/<int:number>/thumbnail",
        shared.thumbnail,
        name="shared-thumbnail",
    ),
    path("s/<str:share_token>/continue", continuation.continuation, name="shared-continuation"),
]
