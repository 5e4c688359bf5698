from django.urls import path

from chatapp.diagnostics import views

urlpatterns = [
    path("", views.diagnostics, name="diagnostics"),
    path("report", views.report, name="diagnostics-report"),
    path("checks/<slug:name>", views.check, name="diagnostics-check"),
    path("email", views.email, name="diagnostics-email"),
    path("forget", views.forget, name="diagnostics-forget"),
    path("images/<uuid:link_id>", views.image, name="diagnostics-image"),
]
