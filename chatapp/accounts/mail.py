"""Mails on the console, for a house that has no mail server."""

from django.core.mail import EmailMessage
from django.core.mail.backends.console import EmailBackend


class ReadableConsoleBackend(EmailBackend):
    """Prints what a person reads.

    Django's own prints the bytes of the wire, where a long line, as a link to choose a new
    password is one, is cut in two and can't be followed.
    """

    def write_message(self, message: EmailMessage) -> None:
        rule = "-" * 79
        recipients = ", ".join(message.recipients())
        self.stream.write(f"{rule}\nTo: {recipients}\nSubject: {message.subject}\n\n")
        self.stream.write(f"{message.body}\n{rule}\n")
