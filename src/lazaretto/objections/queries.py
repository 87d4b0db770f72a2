"""Reads of objections, within what an actor may see. Never writes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, QuerySet

from lazaretto.core.access import Actor
from lazaretto.core.errors import NotFound
from lazaretto.objections.choices import State
from lazaretto.objections.models import Conversation, Objection, ObjectionStep, ObservationNotice, Offer
from lazaretto.people.queries import display_names
from lazaretto.stays.wording import language_name

READ = "objections.read"


def objections(actor: Actor) -> QuerySet[Objection]:
    """Objections the actor may read, with what a line of a list shows."""
    related = ("stay__site", "stay__person", "owner", "raised_by", "closed_by", "transfer_order")
    return Objection.objects.visible_to(actor, READ).select_related(*related)


def objection_by_number(actor: Actor, number: str) -> Objection:
    """One of them; raises `NotFound`."""
    found = objections(actor).select_related("stay__order").filter(number=number).first()
    if found is None:
        raise NotFound(kind="objections.objection", number=number)
    return found


def notice_of(objection: Objection, number: str) -> ObservationNotice:
    """A notice that was issued to them; raises `NotFound`."""
    found = ObservationNotice.objects.filter(objection=objection, number=number).select_related("issued_by").first()
    if found is None:
        raise NotFound(kind="objections.observationnotice", number=number)
    found.objection = objection
    return found


def listed(actor: Actor, state: str) -> QuerySet[Objection]:
    """Open ones, those whose reply has to be handed over (`hand`), ended ones, or all; with how often one spoke."""
    rows = objections(actor)
    if state == "open":
        rows = rows.filter(state=State.OPEN)
    elif state == "hand":
        rows = rows.filter(reply__isnull=False, handed_at__isnull=True)
    elif state == "ended":
        rows = rows.exclude(state=State.OPEN)
    return rows.annotate(talks=Count("conversations"))


@dataclass(frozen=True)
class Line:
    """An objection as the list shows it."""

    objection: Objection
    name: str
    late: bool


def lines(actor: Actor, rows: Sequence[Objection], *, at: datetime) -> list[Line]:
    """With the names that the actor reads; one query at most."""
    names = display_names(actor, [row.stay.person for row in rows])
    return [
        Line(row, names[row.stay.person_id], row.state == State.OPEN and row.reply_due_at < at) for row in rows
    ]  # fmt: skip


@dataclass(frozen=True)
class Happened:
    """A row of the timeline: exactly one of the four is set."""

    at: datetime
    step: ObjectionStep | None = None
    talk: Conversation | None = None
    offer: Offer | None = None
    notice: ObservationNotice | None = None

    @property
    def language(self) -> str:
        """In which language it was said or issued, in words."""
        said = self.talk or self.notice
        return language_name(said.language) if said else ""


def timeline(objection: Objection) -> list[Happened]:
    """Everything that was said, offered, issued and decided, the first first; four queries."""
    found = [
        *(Happened(one.at, step=one) for one in objection.steps.select_related("by").order_by("position")),
        *(Happened(one.at, talk=one) for one in objection.conversations.select_related("by").order_by("at", "id")),
        *(Happened(one.at, offer=one) for one in objection.offers.select_related("by").order_by("at", "id")),
        *(Happened(one.issued_at, notice=one) for one in objection.notices.select_related("issued_by").order_by("id")),
    ]
    return sorted(found, key=lambda row: row.at)
