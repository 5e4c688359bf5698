from django.apps import AppConfig


class DiagnosticsConfig(AppConfig):
    name = "chatapp.diagnostics"
