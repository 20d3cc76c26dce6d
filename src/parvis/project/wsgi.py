"""The WSGI application that the web server runs."""

import os
import threading

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "parvis.project.settings")
application = get_wsgi_application()


def _warm() -> None:
    from django.db import connection

    from parvis.domains.evidence import queries

    try:
        queries.warm()
    finally:
        connection.close()


# The first question of a shopper must not wait for models to load.
threading.Thread(target=_warm, name="warm", daemon=True).start()
