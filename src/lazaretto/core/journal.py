"""The journal: written inside commands, sealed in a hash chain afterwards, proven by `prove`.

Writers only append an entry with its own MAC and a pending mark. The sealer, alone and in the background, gives
committed entries the next positions of the chain; because positions are given at sealing, transactions may commit in
any order. The head of the chain is also written to a file beside the database, so a cut tail shows; the sealer never
overwrites a head that the database no longer knows, it lays it aside as evidence.
"""

import hmac
import json
import logging
import os
import threading
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import IntegrityError, connection, transaction

from lazaretto.core.bulk import insert_few, insert_rows, next_ids
from lazaretto.core.databases import on_postgresql
from lazaretto.core.models import Installation, JournalEntry, JournalPending, JournalSeal
from lazaretto.core.secrets import keyed_hash

log = logging.getLogger(__name__)

GENESIS = "0" * 64
ADVISORY_LOCK = 0x1A2A2E77
CHUNK = 2_000
MANY = 100
_DATA = DjangoJSONEncoder()
_SAID = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))


@dataclass(frozen=True)
class Note:
    """What a command wants to have remembered of one subject."""

    subject_type: str
    subject_id: str
    person_id: UUID | None = None
    unit_id: UUID | None = None
    data: dict[str, Any] | None = None
    reason: str = ""


@dataclass(frozen=True)
class Flaw:
    """A place where the journal is not what was written: `kind` is changed, removed, inserted, cut or chain."""

    kind: str
    where: str
    explanation: str


def write(
    notes: Sequence[Note], *, command: str, actor: Any, at: datetime, recorded_at: datetime, client_id: UUID | None
) -> None:
    """Append entries for what happens outside of commands, inside the running transaction."""
    append(entries_of(notes, command=command, actor=actor, at=at, recorded_at=recorded_at, client_id=client_id))


def entries_of(
    notes: Iterable[Note], *, command: str, actor: Any, at: datetime, recorded_at: datetime, client_id: UUID | None
) -> list[JournalEntry]:
    """The entries that a command's notes become, each with its MAC; not written yet."""
    return [_entry(note, command, actor, at, recorded_at, client_id) for note in notes]


def append(entries: Sequence[JournalEntry]) -> None:
    """Write entries, inside the running transaction."""
    if len(entries) > MANY:
        _insert_many(entries)
    else:
        _insert_few(entries)


def _entry(
    note: Note, command: str, actor: Any, at: datetime, recorded_at: datetime, client_id: UUID | None
) -> JournalEntry:
    entry = JournalEntry(
        command=command,
        actor_id=actor.user_id,
        actor_name=actor.name,
        device=actor.device[:80],
        unit_id=note.unit_id,
        person_id=note.person_id,
        subject_type=note.subject_type,
        subject_id=note.subject_id,
        occurred_at=at,
        recorded_at=recorded_at,
        data=json.loads(_DATA.encode(note.data)) if note.data else {},
        reason=note.reason,
        client_id=client_id,
    )
    entry.mac = mac_of(entry)
    return entry


COLUMNS = tuple(field.name for field in JournalEntry._meta.concrete_fields if field.name != "id")
_values = attrgetter(*COLUMNS)


def values_of(entries: Iterable[JournalEntry]) -> list[tuple[Any, ...]]:
    """The values of `COLUMNS` of each."""
    return [_values(entry) for entry in entries]


def _insert_few(entries: Iterable[JournalEntry]) -> None:
    ids = insert_few(JournalEntry, COLUMNS, values_of(entries), returning=True)
    insert_few(JournalPending, ["entry"], [[number] for number in ids])


def _insert_many(entries: Sequence[JournalEntry]) -> None:
    """An import writes a note for every person: twenty thousand entries must not take longer than the people."""
    ids = next_ids(JournalEntry, len(entries))
    rows = ((number, *_values(entry)) for number, entry in zip(ids, entries, strict=True))
    insert_rows(JournalEntry, ["id", *COLUMNS], rows)
    insert_rows(JournalPending, ["entry"], ([number] for number in ids))


def mac_of(entry: JournalEntry) -> str:
    """The keyed digest of everything an entry says (not of its row number, which the database gives)."""
    said = [
        entry.command, entry.actor_id, entry.actor_name, entry.device, _text(entry.unit_id), _text(entry.person_id),
        entry.subject_type, entry.subject_id, _moment(entry.occurred_at), _moment(entry.recorded_at), entry.data,
        entry.reason, _text(entry.client_id),
    ]  # fmt: skip
    return _digest(_SAID.encode(said))


def is_genuine(entry: JournalEntry) -> bool:
    """Whether this one entry says what the program wrote; its place in the chain is `prove`'s business."""
    return hmac.compare_digest(entry.mac, mac_of(entry))


@dataclass(frozen=True)
class ChainState:
    """How far the chain reaches, since when, how many entries wait, and whether the file beside agrees."""

    sealed: int
    sealed_at: datetime | None
    waiting: int
    cuts: list[Flaw]


def chain_state() -> ChainState:
    """A quick look; `prove` walks the whole chain."""
    last = JournalSeal.objects.order_by("-position").values_list("position", "sealed_at").first()
    position, sealed_at = last or (0, None)
    return ChainState(position, sealed_at, JournalPending.objects.count(), list(_head_flaws()))


def seal(*, at: datetime, limit: int = CHUNK) -> int:
    """Give up to `limit` pending entries their places in the chain; returns how many. Safe to run twice at once."""
    try:
        with transaction.atomic():
            return _seal_batch(at, limit)
    except IntegrityError:
        return 0  # another sealer was faster; its positions stand


def _seal_batch(at: datetime, limit: int) -> int:
    if on_postgresql():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [ADVISORY_LOCK])
            if not cursor.fetchone()[0]:
                return 0
    pending = list(JournalEntry.objects.filter(pending__isnull=False).order_by("id")[:limit])
    genuine = [entry for entry in pending if hmac.compare_digest(entry.mac, mac_of(entry))]
    if not genuine:
        return 0
    _keep_evidence()
    last = JournalSeal.objects.order_by("-position").first()
    position, digest = (last.position, last.digest) if last else (0, GENESIS)
    seals = []
    for entry in genuine:
        position += 1
        digest = _link(digest, position, entry)
        seals.append(JournalSeal(position=position, entry=entry, digest=digest, sealed_at=at))
    JournalSeal.objects.bulk_create(seals)
    JournalPending.objects.filter(entry__in=genuine).delete()
    transaction.on_commit(lambda: _write_head(position, digest, at))
    return len(seals)


def prove() -> Iterator[Flaw]:
    """Walk the whole chain and yield every flaw, by name and place."""
    expected, digest = 1, GENESIS
    for link in _seals():
        if link.position != expected:
            yield Flaw(
                "removed", f"position {expected}", f"positions {expected} to {link.position - 1} of the chain are gone"
            )
            expected = link.position
        entry = link.entry
        if not hmac.compare_digest(entry.mac, mac_of(entry)):
            yield Flaw("changed", f"entry {entry.id}", "the entry does not say what it said when it was written")
        if not hmac.compare_digest(link.digest, _link(digest, link.position, entry)):
            yield Flaw("chain", f"entry {entry.id}", f"position {link.position} does not follow from the one before it")
        digest, expected = link.digest, expected + 1
    yield from _unsealed_flaws()
    yield from _head_flaws()


def _seals() -> Iterator[JournalSeal]:
    """All seals with their entries, in order; a fixed amount of memory."""
    return JournalSeal.objects.select_related("entry").order_by("position").iterator(chunk_size=CHUNK)


def _unsealed_flaws() -> Iterator[Flaw]:
    for number in JournalEntry.objects.filter(seal__isnull=True, pending__isnull=True).values_list("id", flat=True):
        yield Flaw("inserted", f"entry {number}", "the entry was never handed to the sealer")
    for entry in JournalEntry.objects.filter(pending__isnull=False).order_by("id").iterator():
        if not hmac.compare_digest(entry.mac, mac_of(entry)):
            yield Flaw(
                "inserted", f"entry {entry.id}", "the entry waits for its seal but this program did not write it so"
            )


def _head_flaws() -> Iterator[Flaw]:
    folder = _head_path().parent
    for path in [_head_path(), *sorted(folder.glob(f"{_head_path().stem}.cut-*.json"))]:
        head = _read(path)
        if head is not None and not _known(head):
            said = "the file beside the database knows a later or another end of the chain"
            yield Flaw("cut", f"position {head['position']}", f"{said} ({path.name}, {head['at']})")


def _known(head: dict[str, Any]) -> bool:
    found = JournalSeal.objects.filter(position=head["position"]).values_list("digest", flat=True).first()
    return found is not None and hmac.compare_digest(found, str(head["digest"]))


def _keep_evidence() -> None:
    """Before the head is written anew: one that the database does not know is kept under another name."""
    path = _head_path()
    head = _read(path)
    if head is not None and not _known(head):
        log.error("the journal was cut before position %s", head["position"])
        path.replace(path.with_name(f"{path.stem}.cut-{head['position']}.json"))


def _head_path() -> Path:
    """The file of this very database, named by its installation."""
    installation = Installation.objects.first()
    name = "none" if installation is None else str(installation.id)
    return Path(settings.DATA_DIR) / "journal" / f"{name}.json"


def read_head() -> dict[str, Any] | None:
    """Position and digest of the last seal as the file beside the database has them; None when there is none."""
    return _read(_head_path())


def _read(path: Path) -> dict[str, Any] | None:
    """The head in a file. One that cannot be read is no head that the database knows, and is reported as such."""
    if not path.exists():
        return None
    try:
        head = json.loads(path.read_text())
        return {"position": int(head["position"]), "digest": str(head["digest"]), "at": str(head["at"])}
    except (ValueError, KeyError, TypeError):
        return {"position": 0, "digest": "", "at": "unreadable"}


def _write_head(position: int, digest: str, at: datetime) -> None:
    path = _head_path()
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(f".new-{os.getpid()}-{threading.get_ident()}")  # two may write at once
    with fresh.open("w") as file:
        file.write(json.dumps({"position": position, "digest": digest, "at": at.isoformat()}))
        file.flush()
        os.fsync(file.fileno())  # an empty file after a power cut would look like a cut journal
    fresh.replace(path)


def _link(previous: str, position: int, entry: JournalEntry) -> str:
    return _digest(f"{previous}|{position}|{entry.id}|{entry.mac}")


def _digest(text: str) -> str:
    return keyed_hash(text, "journal")


def _text(value: UUID | None) -> str | None:
    return None if value is None else str(value)


def _moment(value: datetime) -> str:
    return f"{value.timestamp():.6f}"
