from django.urls import include, path

from chatapp import views

urlpatterns = [
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
    path("theme/", views.choose_theme, name="theme"),
    path("", include("chatapp.accounts.urls")),
    path("", include("chatapp.chat.urls")),
    path("", include("chatapp.people.urls")),
    path("", include("chatapp.projects.urls")),
    path("", include("chatapp.sharing.urls")),
    path("", include("chatapp.transfer.urls")),
    path("diagnostics/", include("chatapp.diagnostics.urls")),
    path("search/", include("chatapp.search.urls")),
    path("tools/", include("chatapp.mcp.urls")),
    path("usage/", include("chatapp.spending.urls")),
]

handler400 = "chatapp.views.bad_request"
handler500 = "chatapp.views.server_error"
