"""What each enterprise is to be told of its slots, and what it knows of them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from lazaretto.core.errors import NotFound
from lazaretto.headcounts.models import Organisation
from lazaretto.screening.choices import PointState, RoundState
from lazaretto.screening.models import Point, Round
from lazaretto.slots.choices import NoticeState, NoticeStep
from lazaretto.slots.models import Notice, Slot
from lazaretto.slots.queries.standing import current
from lazaretto.slots.rules import notice_state

LANGUAGES = ("zh-hans", "en")


@dataclass(frozen=True)
class Holder:
    """An enterprise with slots, or that was told of some, as it is at a moment. `digest` names what it is to be told.

    `slots` are all that stand; `gone` was told last and stands no more.
    """

    round: Round
    organisation: Organisation
    slots: list[Slot]
    notices: list[Notice]
    digest: str
    at: datetime
    gone: list[Slot]

    @property
    def ahead(self) -> list[Slot]:
        """What is not over, at points that are open."""
        return [slot for slot in self.slots if slot.ends_at > self.at and not _shut(slot, self.at)]

    @property
    def called_off(self) -> list[Slot]:
        """What they were told last, would still come to, and shall not."""
        told = _told_at(self.notices)
        shut = [slot for slot in self.slots if told and slot.made_at <= told and _shut(slot, self.at)]
        return sorted([*self.gone, *shut], key=lambda slot: slot.starts_at)

    @property
    def over(self) -> bool:
        """Whether nothing that stands is left to be told."""
        return bool(self.slots) and not self.ahead and not self.called_off

    @property
    def people(self) -> int:
        """All who still come."""
        return sum(slot.people for slot in self.ahead)

    @property
    def last(self) -> Notice | None:
        """What was done last."""
        return self.notices[-1] if self.notices else None

    @property
    def state(self) -> NoticeState:
        """Whether it knows what stands."""
        return notice_state([(one.step, one.digest) for one in self.notices], self.digest)

    @property
    def tone(self) -> str:
        """Colour of its state."""
        return {"untold": "grey", "stale": "red", "told": "amber", "confirmed": "green"}[self.state.value]

    @property
    def mark(self) -> str:
        """Icon of its state."""
        marks = {"untold": "bell", "stale": "alert-triangle", "told": "clock", "confirmed": "circle-check"}
        return marks[self.state.value]


def holders(of: Round, organisation: UUID | None = None, *, at: datetime) -> list[Holder]:
    """Enterprises by the time they come; three queries at most. Whoever waits at a point need not be told.

    A round that was cancelled is told to whom was told of it, and to nobody else.
    """
    rows, said = current(of).filter(waiting=False), Notice.objects.filter(round=of)
    if organisation is not None:
        rows, said = rows.filter(organisation=organisation), said.filter(organisation=organisation)
    homes: dict[UUID, Organisation] = {}
    slots: dict[UUID, list[Slot]] = defaultdict(list)
    notices: dict[UUID, list[Notice]] = defaultdict(list)
    for row in rows if of.state != RoundState.CANCELLED else ():
        homes[row.organisation_id] = row.organisation
        slots[row.organisation_id].append(row)
    for one in said.select_related("organisation", "by").order_by("at", "id"):
        one.round = of
        homes.setdefault(one.organisation_id, one.organisation)
        notices[one.organisation_id].append(one)
    gone = _gone(of, slots, notices, at)
    return [
        Holder(of, home, slots[key], notices[key], _digest(of, slots[key], at), at, gone[key])
        for key, home in homes.items()
    ]


def _gone(
    of: Round, slots: Mapping[UUID, list[Slot]], notices: Mapping[UUID, list[Notice]], at: datetime
) -> dict[UUID, list[Slot]]:  # fmt: skip
    """Slots dropped since their enterprise was told of them last, that are not over and did not come back."""
    found: dict[UUID, list[Slot]] = defaultdict(list)
    told = {home: last for home, rows in notices.items() if (last := _told_at(rows))}
    if not told or of.state == RoundState.CANCELLED:
        return found
    rows = Slot.objects.filter(round=of, organisation__in=told, waiting=False, dropped_at__isnull=False, ends_at__gt=at)
    for row in rows.select_related("point").order_by("starts_at", "id"):
        stands = {_said(slot) for slot in slots.get(row.organisation_id, ())}
        last = told[row.organisation_id]
        if row.made_at <= last and row.dropped_at and row.dropped_at > last and _said(row) not in stands:
            found[row.organisation_id].append(row)
    return found


def _told_at(rows: Iterable[Notice]) -> datetime | None:
    return max((one.at for one in rows if one.step == NoticeStep.TOLD), default=None)


def _said(row: Slot) -> tuple[str, UUID, datetime, datetime, int]:
    return (row.part, row.point_id, row.starts_at, row.ends_at, row.people)


def _shut(row: Slot, at: datetime) -> bool:
    """Whether they would find a point closed."""
    return row.point.state == PointState.CLOSED and row.ends_at > at


def holder(of: Round, organisation: UUID, *, at: datetime) -> Holder:
    """One of them; raises `NotFound` where there is nothing to tell."""
    found = holders(of, organisation, at=at)
    if not found:
        raise NotFound(kind="slots.notice", id=organisation)
    return found[0]


def _digest(of: Round, rows: Sequence[Slot], at: datetime) -> str:
    """What is told, not which rows say it: a slot that went away and came back is the same slot.

    Hours that go by change nothing; a point that closes before them does.
    """
    said = [
        (row.part, _known(row.point), row.starts_at.isoformat(), row.ends_at.isoformat(), row.people) for row in rows
    ]
    shut = [(row.point.code, row.starts_at.isoformat()) for row in rows if _shut(row, at)]
    named = (of.name, of.state == RoundState.CANCELLED, sorted(said), *([sorted(shut)] if shut else []))
    return sha256(repr(named).encode()).hexdigest()


def _known(point: Point) -> tuple[str, ...]:
    """What is told of a point."""
    return (point.code, point.name, point.address, f"{point.opens:%H:%M}", f"{point.closes:%H:%M}")


def counts_of(rows: Sequence[Holder]) -> dict[str, int]:
    """How many enterprises are in each state, in the order of work."""
    found = Counter(row.state for row in rows)
    return {state.value: found[state] for state in NoticeState}


def to_tell(rows: Iterable[Holder]) -> list[Holder]:
    """Those who do not know what stands and have an officer with a number, by name."""
    waits = {NoticeState.UNTOLD, NoticeState.STALE}
    open_ones = (row for row in rows if row.state in waits and not row.over)
    known = (row for row in open_ones if row.organisation.contact.strip() and row.organisation.contact_phone)
    return sorted(known, key=lambda row: row.organisation.name)


def digest_of_all(rows: Iterable[Holder]) -> str:
    """Names a list of whom to tell with what each is told: once one of them changes, it is another list."""
    said = sorted(
        (str(row.organisation.pk), row.digest, row.organisation.contact, row.organisation.contact_phone or "")
        for row in rows
    )
    return sha256(repr(said).encode()).hexdigest()


# ---- the words


@dataclass(frozen=True)
class Wording:
    """A notice in one language: who is meant, who comes when and where, where these points are, what to bring."""

    title: str
    to: str
    round: str
    lines: list[tuple[str, str, str, str]]
    places: list[str]
    mind: list[str]
    sender: str

    @property
    def text(self) -> str:
        """To be sent into a chat group."""
        lines = [" · ".join(part for part in line if part) for line in self.lines]
        return "\n".join([f"【{self.title}】{self.to}", self.round, *lines, *self.places, *self.mind, self.sender])


def wording(found: Holder, language: str) -> Wording:
    """In Chinese or English, whoever reads it."""
    with override("en" if language.startswith("en") else "zh-hans"):
        return Wording(
            title=_("Testing: when and where you come"),
            to=found.organisation.name,
            round=_("Round {number}: {name}").format(number=found.round.number, name=found.round.name),
            lines=[_line(row) for row in found.ahead],
            places=_places(found.ahead),
            mind=_mind(found),
            sender=found.round.unit.name,
        )


def _line(row: Slot) -> tuple[str, str, str, str]:
    begins, ends = (timezone.localtime(at, timezone.get_default_timezone()) for at in (row.starts_at, row.ends_at))
    people = ngettext("%(n)s person", "%(n)s people", row.people) % {"n": row.people}
    return f"{_day(begins)} {begins:%H:%M}–{ends:%H:%M}", f"{row.point.code} {row.point.name}", people, row.part


def _off(row: Slot) -> str:
    return " · ".join(part for part in _line(row) if part)


def _places(rows: Iterable[Slot]) -> list[str]:
    """Each point once: where it is, when it is open."""
    return [_place(point) for point in {row.point_id: row.point for row in rows}.values()]


def _place(point: Point) -> str:
    opens, closes = f"{point.opens:%H:%M}", f"{point.closes:%H:%M}"
    if not point.address:
        return _("{code}: open {opens}–{closes}").format(code=point.code, opens=opens, closes=closes)
    said = _("{code}: {address}, open {opens}–{closes}")
    return said.format(code=point.code, address=point.address, opens=opens, closes=closes)


def _day(at: datetime) -> str:
    return _("{month}/{day}").format(month=at.month, day=at.day)


def _mind(found: Holder) -> list[str]:
    if found.round.state == RoundState.CANCELLED:
        return [_("The round is cancelled. Please do not come.")]
    if found.over:
        return [_("All your slots are over.")]
    off = [_("Called off, do not come then: {slot}").format(slot=_off(row)) for row in found.called_off]
    if not found.ahead:
        return [*off, _("Your slot is cancelled. Please do not come; you are told a new time.")]
    return [
        *off,
        _("Bring: identity document and telephone. Wear a mask."),
        _("Come together and on time; the liaison stands at the table and agrees the number."),
        _("Who has a fever does not come along: tell us first."),
        _("Please confirm that you know. If you cannot come then, say so at once."),
    ]
