"""An S3-compatible server of somebody else's, on the listening socket whose number it is given.

Runs in `.venv/bucket`, which `make test` makes.
"""

import sys

from moto.server import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import make_server

if __name__ == "__main__":
    application = DomainDispatcherApplication(create_backend_app)
    make_server("127.0.0.1", 0, application, threaded=True, fd=int(sys.argv[1])).serve_forever()
