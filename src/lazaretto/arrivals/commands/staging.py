"""A list comes in: staged, its columns mapped by hand if need be, or put aside."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from lazaretto.arrivals.choices import ManifestState
from lazaretto.arrivals.errors import FileUnreadable, ManifestClosed, NobodyInFile
from lazaretto.arrivals.manifest import Field, Issue, Line, LineKind, Severity
from lazaretto.arrivals.models import Manifest, ManifestRow, MappingMemory
from lazaretto.arrivals.queries.files import read_now, remembered
from lazaretto.arrivals.queries.known import Match, match_people
from lazaretto.arrivals.reading import Chosen, ReadFile
from lazaretto.arrivals.report import report_of
from lazaretto.arrivals.staging import household_key, to_payload
from lazaretto.core.access import Actor
from lazaretto.core.bulk import insert_rows
from lazaretto.core.commands import command, record
from lazaretto.core.errors import InvalidInput, ReasonRequired, fits, whole
from lazaretto.places.choices import SiteCategory
from lazaretto.places.models import Site

ROW_FIELDS = (
    "manifest", "sheet", "excel_row", "kind", "outcome", "mends", "party_key", "candidate", "issues", "payload",
    "resolution", "person", "decided_by", "decided_at", "decision", "reason",
)  # fmt: skip


@dataclass(frozen=True)
class ManifestStaged:
    """A list lies ready to be looked at. `known` says that this very file was uploaded for the site before."""

    manifest_id: UUID
    known: bool
    people: int
    ready: int
    held: int
    skipped: int


@dataclass(frozen=True)
class ManifestCancelled:
    """A list was put aside before anything came of it."""

    manifest_id: UUID


@command("arrivals.stage_manifest", capability="arrivals.manage")
def stage_manifest(
    *,
    actor: Actor,
    at: datetime,
    site: Site,
    file_name: str,
    content: str,
    category: str = "",
    vehicle: str = "",
    expected_at: datetime | None = None,
) -> ManifestStaged:
    """Read a list of people for a site and lay it out row by row. `content` is the file in base64.

    The same file for the same site again answers with the list that is there, and takes the vehicle and the time that
    are said now. `category` is whose list it is when a
    row does not say; empty means the site's own. Raises `FileUnreadable`, `NobodyInFile`, `TextTooLong`,
    `InvalidInput`.
    """
    data = _decoded(content)
    chosen, read = remembered(), read_now(site, file_name, data, at=at)
    if not any(_may_be_people(line) for line in read.manifest.lines):
        raise NobodyInFile(file=file_name)
    held = Manifest.objects.filter(site=site, digest=read.digest).exclude(state=ManifestState.CANCELLED).first()
    if held is not None:
        told = _told_again(held, vehicle, expected_at)
        record(held, unit_id=site.unit_id, data={"uploaded_again": True, "told": told})
        return _staged(held, known=True)
    manifest = Manifest.objects.create(
        site=site,
        file_name=fits(file_name, 200),
        digest=read.digest,
        content=data,
        category=_category(site, category),
        vehicle=whole(vehicle, 60),
        expected_at=expected_at,
        uploaded_at=at,
        uploaded_by_id=actor.user_id,
    )
    _lay_out(manifest, read, chosen)
    record(manifest, unit_id=site.unit_id, data={"format": read.format, **manifest.report["totals"]})
    return _staged(manifest, known=False)


def _told_again(held: Manifest, vehicle: str, expected_at: datetime | None) -> list[str]:
    """A list that was tried first without its bus learns of it when it is sent again; until the bus has left."""
    said = {"vehicle": whole(vehicle, 60), "expected_at": expected_at}
    fresh = {name: value for name, value in said.items() if value and value != getattr(held, name)}
    if not fresh or held.departed_at is not None:
        return []
    for name, value in fresh.items():
        setattr(held, name, value)
    held.save(update_fields=list(fresh))
    return sorted(fresh)


@command("arrivals.map_columns", capability="arrivals.manage")
def map_columns(
    *, actor: Actor, at: datetime, manifest: Manifest, signature: str, columns: dict[int, str]
) -> ManifestStaged:
    """Say what the columns under one header mean; the list is read again, and the wording is remembered.

    Decisions about rows of this list are taken back, because the rows are made anew. Raises `ManifestClosed`,
    `InvalidInput` for a field that does not exist and for a header that is not one of this list.
    """
    if manifest.state != ManifestState.STAGED:
        raise ManifestClosed(manifest=manifest.id)
    try:
        meant = {int(index): Field(name).value for index, name in columns.items()}
    except ValueError as error:
        raise InvalidInput(fields={"columns": "there is no such field"}) from error
    if signature not in {table["signature"] for sheet in manifest.report["sheets"] for table in sheet["tables"]}:
        raise InvalidInput(fields={"signature": "this list has no such header"})
    MappingMemory.objects.update_or_create(
        digest=signature, defaults={"mapping": {str(k): v for k, v in meant.items()}, "remembered_at": at}
    )
    chosen = remembered()
    read = read_now(manifest.site, manifest.file_name, bytes(manifest.content), at=at)
    manifest.rows.all().delete()
    _lay_out(manifest, read, chosen)
    record(manifest, unit_id=manifest.site.unit_id, data={"columns": meant, **manifest.report["totals"]})
    return _staged(manifest, known=True)


@command("arrivals.cancel_manifest", capability="arrivals.manage")
def cancel_manifest(*, actor: Actor, at: datetime, manifest: Manifest, reason: str) -> ManifestCancelled:
    """Put a list aside of which nothing was committed. Raises `ManifestClosed`, `ReasonRequired`."""
    if manifest.state != ManifestState.STAGED:
        raise ManifestClosed(manifest=manifest.id)
    if not reason.strip():
        raise ReasonRequired
    manifest.state = ManifestState.CANCELLED
    manifest.save(update_fields=["state"])
    record(manifest, unit_id=manifest.site.unit_id, data={"cancelled": True}, reason=reason.strip())
    return ManifestCancelled(manifest.id)


def _may_be_people(line: Line) -> bool:
    """A person, or a line under a header that may become one when somebody says what its columns are."""
    return line.kind is LineKind.PERSON or (
        line.table is not None and line.kind not in {LineKind.HEADER, LineKind.BLANK, LineKind.TOTAL}
    )


def _decoded(content: str) -> bytes:
    try:
        return base64.b64decode(content, validate=True)
    except ValueError as error:
        raise FileUnreadable from error


def _category(site: Site, wanted: str) -> str:
    if wanted and wanted not in SiteCategory.values:
        raise InvalidInput(fields={"category": "there is no such category"})
    return wanted or (SiteCategory.INBOUND if site.category == SiteCategory.MIXED else site.category)


def _lay_out(manifest: Manifest, read: ReadFile, chosen: Chosen) -> None:
    matches = _matches(read.manifest.lines)
    lines = [_judged(line, match) for line, match in zip(read.manifest.lines, matches, strict=True)]
    rows = (_row(manifest.pk, line, match) for line, match in zip(lines, matches, strict=True))
    insert_rows(ManifestRow, ROW_FIELDS, rows)
    used = {table.signature for table in read.manifest.tables}
    manifest.mapping = {name: {str(k): v for k, v in chosen[name].items()} for name in used & chosen.keys()}
    manifest.report = report_of(read, lines)
    manifest.save(update_fields=["mapping", "report"])


def _matches(lines: Sequence[Line]) -> list[Match]:
    """What is known about the person of each line; nothing about a line that names nobody."""
    named = [line.person if line.person and line.person.name else None for line in lines]
    found = iter(match_people([person for person in named if person]))
    return [next(found) if person else Match() for person in named]


def _judged(line: Line, match: Match) -> Line:
    """The line with the issue of its match."""
    if not match.issue or match.issue in {issue.code for issue in line.issues}:
        return line
    return replace(line, issues=(*line.issues, Issue(match.issue, Severity.HOLD, "name")))


def _row(manifest_id: UUID, line: Line, match: Match) -> tuple[Any, ...]:
    codes = [issue.code for issue in line.issues]
    return (
        manifest_id, line.sheet, line.excel_row, line.kind.value, line.outcome.value, len(line.mends), _party(line),
        match.person_id, codes, to_payload(line), "", None, None, None, "", "",
    )  # fmt: skip


def _party(line: Line) -> str:
    return household_key(line.sheet, line.person.household if line.person else "")


def _staged(manifest: Manifest, *, known: bool) -> ManifestStaged:
    totals = manifest.report["totals"]
    return ManifestStaged(manifest.id, known, totals["people"], totals["ready"], totals["held"], totals["skipped"])
