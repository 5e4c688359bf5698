"""Make the tables and the people of a database, in a process with the app's config vars.

`python -m tests.servers.prepare_database EMAIL…`; the first is the owner, and all of them have the
password of the tests. `app.prepare_database` runs it.
"""

import os
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chatapp.settings")
django.setup()

# Everything below needs the apps to be loaded.
from django.contrib.auth.hashers import make_password  # noqa: E402
from django.core.management import call_command  # noqa: E402

from chatapp.accounts.models import Person  # noqa: E402
from chatapp.server.static_files import build_if_changed  # noqa: E402
from tests.support.people import PASSWORD  # noqa: E402

if __name__ == "__main__":
    call_command("migrate", interactive=False, verbosity=0)
    build_if_changed()
    password = make_password(PASSWORD)  # once: it takes a third of a second, on purpose
    owner, *others = sys.argv[1:]
    Person.objects.create(email=owner, password=password, is_owner=True)
    Person.objects.bulk_create(Person(email=email, password=password) for email in others)
