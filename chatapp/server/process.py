"""What this process is called where several share a database and a log."""

import os
import secrets
import socket

MAX_CHARACTERS = 40

# A dyno's name comes back with its successor and a number of a process soon enough: hence the end.
NAME = f"{os.environ.get('DYNO') or socket.gethostname()[:20]}.{os.getpid()}.{secrets.token_hex(3)}"
NAME = NAME[-MAX_CHARACTERS:]
