"""So often a minute from one address, counted by all processes of this machine together, before any database is asked.

A file a minute and address in the data directory grows by one byte a request: an append is one step of the system, so
processes need no lock, and its size is the count.
"""

import os
from datetime import datetime
from hashlib import sha256
from ipaddress import ip_address
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest

KEPT = 2  # minutes


def address_of(request: HttpRequest) -> str:
    """Where a request comes from. Only a proxy on this machine is believed when it says for whom it asks.

    The last name in its header is the one that it saw itself; what stands before it anybody may have written.
    """
    return believed(str(request.META.get("REMOTE_ADDR", "")), request.headers.get("X-Forwarded-For", ""))


def believed(near: str, forwarded: str) -> str:
    """The address for which `near` asks, by what it says in `X-Forwarded-For`."""
    said = forwarded.rpartition(",")[2].strip()
    return said if said and _is(near, loopback=True) and _is(said) else near


def _is(text: str, *, loopback: bool = False) -> bool:
    try:
        return ip_address(text).is_loopback or not loopback
    except ValueError:
        return False


def too_often(what: str, address: str, *, most: int, at: datetime) -> bool:
    """Count one more; whether that is more than `most` in this minute. A full disk counts nothing, refuses nobody."""
    minute = int(at.timestamp()) // 60
    folder = Path(settings.DATA_DIR) / "limits" / str(minute)
    try:
        if not folder.is_dir():
            folder.mkdir(parents=True, exist_ok=True)
            _tidy(folder.parent, minute)
        name = sha256(f"{what}|{address}".encode()).hexdigest()[:32]
        file = os.open(folder / name, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    except OSError:
        return False
    try:
        os.write(file, b".")
        return os.fstat(file).st_size > most
    except OSError:
        return False
    finally:
        os.close(file)


def _tidy(folder: Path, minute: int) -> None:
    """Whoever begins a minute takes the old ones away."""
    for old in folder.iterdir():
        if old.name.isdigit() and int(old.name) <= minute - KEPT:
            for file in old.iterdir():
                file.unlink(missing_ok=True)
            old.rmdir()
