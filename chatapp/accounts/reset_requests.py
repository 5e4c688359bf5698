"""Handle requests for a new password after their answer, whose time would otherwise tell a stranger
whether there is an account with that email."""

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from smtplib import SMTPException

import django.db
from allauth.account.forms import default_token_generator
from allauth.account.internal import flows
from allauth.core.context import request_context
from django.conf import settings
from django.db import connections
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from chatapp import background
from chatapp.accounts import guesses
from chatapp.accounts.models import LinkRequest, Person
from chatapp.server import logs

PAUSES_SECONDS = (5, 60)  # before another try
MAX_WAITING = 200  # requests

logger = logging.getLogger(__name__)

# Threads of its own, because replies must not wait for an email server.
_threads = ThreadPoolExecutor(2, thread_name_prefix="password-reset")


async def start(request: HttpRequest, email: str) -> None:
    """Begin to handle a request for a new password, unless this email's is being handled."""
    if len(background.running("password-reset:")) >= MAX_WAITING:
        logger.error("Too many requests for a new password are waiting; one was dropped")
        return
    # Names of tasks may be logged, emails may not.
    name = salted_hmac("password-reset", email, algorithm="sha256").hexdigest()
    background.spawn(f"password-reset:{name}", _handle(request, email))


async def _handle(request: HttpRequest, email: str) -> None:
    person = await _try(lambda: _person_to_answer(email))
    if person and settings.EMAIL_URL:
        await _try(lambda: _send_link(request, person, email))
    elif person:
        await _try(lambda: LinkRequest.objects.record(person))


async def _try[T](work: Callable[[], T]) -> T | None:
    """Run a step in a thread, and again when the email server or the database fails."""
    loop = asyncio.get_running_loop()
    for pause in (*PAUSES_SECONDS, None):
        try:
            return await loop.run_in_executor(_threads, _release_after, work)
        except (OSError, SMTPException, django.db.Error) as error:
            place = logs.place(error)
            if pause is None:
                logger.error("A request for a new password was given up: %s", place)
                return None
            logger.warning("A request for a new password failed, and is tried again: %s", place)
            await asyncio.sleep(pause)
    return None


def _release_after[T](work: Callable[[], T]) -> T:
    try:
        return work()
    finally:
        connections.close_all()


def _person_to_answer(email: str) -> Person | None:
    """Return the person with this email, unless they can't sign in or got enough emails."""
    person = Person.objects.filter(email=email, is_active=True).first()
    if person and settings.EMAIL_URL and not guesses.take_reset_email(person):
        return None
    return person


def _send_link(request: HttpRequest, person: Person, email: str) -> None:
    with request_context(request):
        flows.password_reset.request_password_reset(
            request, email, [person], default_token_generator
        )
