from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "chatapp.jobs"
    label = "jobs"
