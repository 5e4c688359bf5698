"""Write emails to the console, for an instance without an email server."""

from django.core.mail import EmailMessage
from django.core.mail.backends.console import EmailBackend


class ReadableConsoleBackend(EmailBackend):
    """Print an email as a person reads it.

    Django's own backend prints the encoded email, which splits long lines, so a link to choose a
    new password can't be followed.
    """

    def write_message(self, message: EmailMessage) -> None:
        rule = "-" * 79
        recipients = ", ".join(message.recipients())
        self.stream.write(f"{rule}\nTo: {recipients}\nSubject: {message.subject}\n\n")
        self.stream.write(f"{message.body}\n{rule}\n")
