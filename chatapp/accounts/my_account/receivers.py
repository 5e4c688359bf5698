"""Follow what happens to passwords and sessions, wherever it happens."""

from typing import Any

from allauth.account.signals import password_changed, password_reset
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.dispatch import receiver
from django.http import HttpRequest

from chatapp.accounts.models import Person, SignIn
from chatapp.audit.models import Action, Entry


@receiver(user_logged_in)
def record_sign_in(request: HttpRequest, user: Person, **kwargs: Any) -> None:
    SignIn.objects.record(request, user)


@receiver(user_logged_out)
def forget_sign_in(request: HttpRequest, **kwargs: Any) -> None:
    SignIn.objects.filter(session_key=request.session.session_key).delete()


@receiver(password_changed)
@receiver(password_reset)
def record_new_password(request: HttpRequest, user: Person, **kwargs: Any) -> None:
    Entry.objects.record(Action.PASSWORD_CHANGED, user, subject=user.email, request=request)


@receiver(password_changed)
def follow_session(request: HttpRequest, **kwargs: Any) -> None:
    """Keep the row of this session, which has another key since its password changed."""
    SignIn.objects.follow_key(request)
