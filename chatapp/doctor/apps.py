from django.apps import AppConfig


class DoctorConfig(AppConfig):
    name = "chatapp.doctor"
    label = "doctor"
