"""The application that granian runs in each worker process."""

import os
import sys
from importlib import import_module

from django.core.wsgi import get_wsgi_application

from lazaretto.config.front import Front
from lazaretto.config.memory import settle

# How long a thread may compute before another one has its turn. Python's 5 ms is as long as a whole command takes:
# whoever holds a lock of the database and only wants to go on would wait so long each time, and all others with them.
TURN = 0.0005  # seconds


def application() -> Front:
    """Pages and streams on one origin. The streams know models, so Django is set up before they are imported."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lazaretto.config.settings")
    pages = get_wsgi_application()
    streams = import_module("lazaretto.config.streams").Streams()
    environment = import_module("lazaretto.config.settings").ENVIRONMENT
    limits = import_module("lazaretto.config.shedding").Limits(environment.shed_display, environment.shed_all)
    intake = import_module("lazaretto.config.intake").Intake()
    results = import_module("lazaretto.config.results.line").Line(environment.results)
    settle()
    sys.setswitchinterval(TURN)
    return Front(pages, streams, threads=environment.threads, put_off=limits, intake=intake, results=results)
