"""`lazaretto up`: prepares the database and the static files, then serves."""

import argparse
import http.client
import logging
import os
import socket
import ssl
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.db import connections

from lazaretto.config import static
from lazaretto.config.env import RESULTS
from lazaretto.config.operations import apply_migrations
from lazaretto.config.supervisor import Child, Opening, supervise
from lazaretto.core import cli
from lazaretto.core.cli import gettext as _

logger = logging.getLogger("lazaretto.up")

PATIENCE = 60  # seconds until the server must have answered
ANSWER_WITHIN = 5.0  # seconds for one attempt


def run(arguments: argparse.Namespace) -> int:
    """Prepare, serve, stop."""
    if not usable(arguments):
        return cli.USAGE
    apply_migrations()
    return serve(arguments)


def usable(arguments: argparse.Namespace) -> bool:
    """Whether the call makes sense; complains if not."""
    if bool(arguments.certificate) != bool(arguments.key):
        cli.complain(_("--certificate and --key belong together."))
        return False
    for path in (arguments.certificate, arguments.key):
        if path is not None and not os.access(path, os.R_OK):
            cli.complain(_("{path} cannot be read.").format(path=path))
            return False
    if not port_is_free(arguments.host, arguments.port):
        cli.complain(_("Port {port} is taken. Choose another with --port.").format(port=arguments.port))
        return False
    return True


def port_is_free(host: str, port: int) -> bool:
    """Whether somebody could listen there."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def serve(arguments: argparse.Namespace) -> int:
    """Start server, steward and own results, and stay until told to stop."""
    if not settings.DEBUG:
        static.collect()
    connections.close_all()
    os.environ.setdefault(
        "LAZARETTO_URL", address(arguments)
    )  # links and QR codes of what we start lead to where it is
    cli.say(_("Starting …"))
    said = _("Lazaretto is at {address} (stop with Ctrl-C)").format(address=address(arguments))
    children = [Child("server", server_words(arguments)), Child("steward", program("steward"))]
    with own_results() as later:
        opening = Opening(lambda: answers(arguments), lambda: cli.say(said), within=PATIENCE, later=later)
        served = supervise(children, opening)
    if not served:
        cli.complain(
            _("The server did not answer at {address} within {seconds} seconds and was stopped; see above why.").format(
                address=address(arguments), seconds=PATIENCE
            )
        )
        return cli.FAILED
    cli.say(_("Stopped."))
    return cli.OK


@contextmanager
def own_results() -> Iterator[list[Child]]:
    """The process that shows people their own results, where no other machine does; the server is told where it is."""
    if os.environ.get(RESULTS):
        yield []
        return
    with tempfile.TemporaryDirectory(prefix="lazaretto-") as folder:  # nobody else may enter it; its path is short
        path = str(Path(folder) / "results")
        os.environ[RESULTS] = f"unix:{path}"
        try:
            yield [Child("results", program("results", "--socket", path), beats=True)]
        finally:
            del os.environ[RESULTS]


def answers(arguments: argparse.Namespace) -> bool:
    """Whether the server answers a request at its address; any answer will do."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(arguments.host, arguments.host)  # noqa: S104
    made: http.client.HTTPConnection
    if arguments.certificate:
        own = ssl.create_default_context()
        own.check_hostname, own.verify_mode = False, ssl.CERT_NONE  # it is our own server, whatever its name is
        made = http.client.HTTPSConnection(host, arguments.port, timeout=ANSWER_WITHIN, context=own)
    else:
        made = http.client.HTTPConnection(host, arguments.port, timeout=ANSWER_WITHIN)
    try:
        made.request("HEAD", "/")
        made.getresponse()
    except (OSError, http.client.HTTPException):
        return False
    finally:
        made.close()
    return True


def address(arguments: argparse.Namespace) -> str:
    """What to type into the browser."""
    scheme = "https" if arguments.certificate else "http"
    host = {"0.0.0.0": "localhost", "127.0.0.1": "localhost", "::": "localhost"}.get(arguments.host, arguments.host)  # noqa: S104
    return f"{scheme}://{f'[{host}]' if ':' in host else host}:{arguments.port}"


def program(*words: str) -> list[str]:
    """This program with other words, in the same Python."""
    return [sys.executable, "-m", "lazaretto", *words]


def server_words(arguments: argparse.Namespace) -> list[str]:
    """How the server process is called."""
    words = [sys.executable, "-m", "lazaretto.config.serve"]
    words += ["--host", arguments.host, "--port", str(arguments.port), "--workers", str(arguments.workers)]
    if arguments.certificate:
        words += ["--certificate", str(Path(arguments.certificate)), "--key", str(Path(arguments.key))]
    return words
