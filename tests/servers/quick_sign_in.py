"""The app's settings, and a hash that is checked at once: as DJANGO_SETTINGS_MODULE of a process.

The app's own takes a third of a second of processor for each sign-in, on purpose.
"""

from chatapp.settings import *  # noqa: F403

PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.MD5PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",  # of a database that is prepared already
]
