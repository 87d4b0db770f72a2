"""The application that granian runs in each worker process."""

import os
from importlib import import_module

from django.core.wsgi import get_wsgi_application

from lazaretto.config.front import Front
from lazaretto.config.memory import settle


def application() -> Front:
    """Pages and streams on one origin. The streams know models, so Django is set up before they are imported."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lazaretto.config.settings")
    pages = get_wsgi_application()
    streams = import_module("lazaretto.config.streams").Streams()
    threads: int = import_module("lazaretto.config.settings").ENVIRONMENT.threads
    settle()
    return Front(pages, streams, threads=threads)
