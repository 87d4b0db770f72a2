"""The exit register as files beside the server, for the day when the server is down.

`DATA_DIR/exit-register/<code>.html` needs nothing but a browser, `<code>.pdf` nothing but a printer. Both are replaced
as a whole, so that whoever copies them away never gets half a file. `<code>.json` says when they were written.
"""

import hashlib
import json
import os
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import override

from lazaretto.places.models import Site
from lazaretto.stays.queries.register import ExitRegister, exit_register
from lazaretto.ui import papers

FOLDER = "exit-register"
# A PDF takes some tens of milliseconds: with nothing new in it, its time stamp is refreshed less often.
PDF_AT_LEAST_EVERY = timedelta(minutes=15)
STYLE = Path(__file__).parent / "templates" / "stays" / "register" / "copy.css"


@dataclass(frozen=True)
class Copy:
    """What lies on disk for a site: where, as of when, and how many people it names."""

    html: Path
    pdf: Path
    as_of: datetime
    pdf_as_of: datetime
    people: int
    digest: str


def folder() -> Path:
    """Where the copies lie."""
    return Path(settings.DATA_DIR) / FOLDER


def copy_of(code: str) -> Copy | None:
    """What lies there now; None when nothing was written yet or the note beside it cannot be read."""
    try:
        said = json.loads(_path(code, "json").read_text(encoding="utf-8"))
        moments = {name: datetime.fromisoformat(said[name]) for name in ("as_of", "pdf_as_of")}
        return Copy(_path(code, "html"), _path(code, "pdf"), people=said["people"], digest=said["digest"], **moments)
    except (OSError, ValueError, KeyError):
        return None


def write_copy(site: Site, *, at: datetime) -> Copy:
    """Write the copies of a site; the PDF only when somebody came, left or moved, or its time stamp is old."""
    register = exit_register(site, at=at)
    digest = _digest(register)
    before = copy_of(site.code)
    folder().mkdir(parents=True, exist_ok=True, mode=0o750)
    with override(settings.LANGUAGE_CODE), timezone.override(site.time_zone):
        _replace(_path(site.code, "html"), _html(site, register).encode())
        stale = before is None or before.digest != digest or at - before.pdf_as_of >= PDF_AT_LEAST_EVERY
        if stale or not _path(site.code, "pdf").exists():
            _replace(_path(site.code, "pdf"), papers.render(register_paper(site, register, settings.LANGUAGE_CODE)))
            pdf_as_of = at
        else:
            pdf_as_of = before.pdf_as_of if before else at
    said = {"as_of": at.isoformat(), "pdf_as_of": pdf_as_of.isoformat(), "people": register.count, "digest": digest}
    _replace(_path(site.code, "json"), json.dumps(said).encode())
    return Copy(_path(site.code, "html"), _path(site.code, "pdf"), at, pdf_as_of, register.count, digest)


def remove_copy(code: str) -> None:
    """Nobody is there any more: names do not stay on disk."""
    for kind in ("html", "pdf", "json"):
        _path(code, kind).unlink(missing_ok=True)


def register_paper(site: Site, register: ExitRegister, language: str) -> papers.ExitRegister:
    """The register as a paper; needs in the language that is active."""
    buildings = tuple(
        papers.ExitBuilding(
            name,
            tuple(
                papers.ExitFloor(
                    floor.floor,
                    tuple(
                        papers.ExitRoom(
                            room.number,
                            tuple(papers.ExitPerson(who.name, who.need_text) for who in room.people),
                        )
                        for room in floor.rooms
                    ),
                    floor.empty_rooms,
                )
                for floor in floors
            ),
        )
        for name, floors in register.buildings
    )
    return papers.ExitRegister(
        language=language,
        site=f"{site.code} {site.name}",
        address=site.address,
        as_of=register.at,
        zone=ZoneInfo(site.time_zone),
        buildings=buildings,
        without_room=tuple(papers.ExitPerson(who.name, who.need_text) for who in register.without_room),
    )


def _html(site: Site, register: ExitRegister) -> str:
    context: dict[str, Any] = {"site": site, "register": register, "style": STYLE.read_text(encoding="utf-8")}
    return render_to_string("stays/register/copy.html", context)


def _digest(register: ExitRegister) -> str:
    listed = [*map(asdict, register.without_room), *map(asdict, register.floors)]
    said = json.dumps(listed, default=str, sort_keys=True)
    return hashlib.sha256(said.encode()).hexdigest()


def _path(code: str, kind: str) -> Path:
    return folder() / f"{code}.{kind}"


def _replace(path: Path, content: bytes) -> None:
    """The whole new file or the whole old one, also after a power cut."""
    fresh = path.with_name(f".{path.name}.new")
    with fresh.open("wb") as out:
        out.write(content)
        out.flush()
        os.fsync(out.fileno())
    fresh.chmod(0o640)
    fresh.replace(path)
