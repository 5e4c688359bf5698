"""The name of this process, where several share a database and a log."""

import os
import secrets
import socket

MAX_CHARACTERS = 40

# Dyno names and process ids are reused soon, so the name ends with random characters.
NAME = f"{os.environ.get('DYNO') or socket.gethostname()[:20]}.{os.getpid()}.{secrets.token_hex(3)}"
NAME = NAME[-MAX_CHARACTERS:]
