"""Emails on the console."""

import io

from django.core.mail import EmailMessage

from chatapp.accounts.console_email import ReadableConsoleBackend


def test_a_long_link_stays_in_one_piece() -> None:
    link = "http://127.0.0.1:8000/account/reset/" + "0123456789" * 12 + "/"
    console = io.StringIO()
    message = EmailMessage("Ein Gruß", f"Here:\n\n{link}\n", to=["a@example.com"])

    ReadableConsoleBackend(stream=console).send_messages([message])

    assert link in console.getvalue()
    assert "To: a@example.com" in console.getvalue()
    assert "Subject: Ein Gruß" in console.getvalue()
