from django.apps import AppConfig


class RetirementConfig(AppConfig):
    name = "chatapp.retirement"
