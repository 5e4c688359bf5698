from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "chatapp.people"

    def ready(self) -> None:
        from chatapp.people import single_sign_on  # noqa: F401  (apps must be loaded first)
