"""Close sockets when a person signs out or is deactivated."""

from typing import Any

from allauth.account.signals import password_changed, password_reset
from django.contrib.auth.signals import user_logged_out
from django.db.models.signals import post_save
from django.dispatch import receiver
from django.http import HttpRequest

from chatapp.accounts.models import Person
from chatapp.realtime import protocol


@receiver(user_logged_out)
def close_session(request: HttpRequest, **kwargs: Any) -> None:
    if request.session.session_key:
        protocol.close_sockets(protocol.session_group(request.session.session_key))


@receiver(password_changed)
@receiver(password_reset)
def close_person(user: Person, **kwargs: Any) -> None:
    protocol.close_sockets(protocol.person_group(user.pk))


@receiver(post_save, sender=Person)
def close_deactivated(instance: Person, **kwargs: Any) -> None:
    if not instance.is_active:
        protocol.close_sockets(protocol.person_group(instance.pk))
