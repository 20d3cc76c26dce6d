"""The WSGI application that the web server runs."""

import gc
import os
import threading

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "parvis.project.settings")
application = get_wsgi_application()
gc.set_threshold(10_000, 20, 50)


def _warm() -> None:
    from django.db import connection

    from parvis.domains.analytics import queries as analytics
    from parvis.domains.evidence import queries as evidence

    try:
        evidence.warm()
        analytics.warm()
    finally:
        connection.close()
        # What is loaded now stays: looking through all of it again and again took a tenth of the time of a purchase.
        gc.collect()
        gc.freeze()


# Neither a shopper's first question nor the team's first overview shall wait for models and libraries to load.
threading.Thread(target=_warm, name="warm", daemon=True).start()
