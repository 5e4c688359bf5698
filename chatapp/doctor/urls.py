from django.urls import path

from chatapp.doctor import views

urlpatterns = [
    path("", views.doctor, name="doctor"),
    path("report", views.report, name="doctor-report"),
    path("checks/<slug:name>", views.check, name="doctor-check"),
    path("mail", views.mail, name="doctor-mail"),
    path("images/<uuid:link_id>", views.image, name="doctor-image"),
]
