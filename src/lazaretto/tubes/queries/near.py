"""With whom somebody outside shared a tube or a department, as changes of status ask."""

from collections.abc import Iterable
from datetime import datetime
from functools import reduce
from operator import or_
from uuid import UUID

from django.db.models import Q

from lazaretto.cases.choices import Why
from lazaretto.cases.models import Change
from lazaretto.cases.queries.surroundings import Found, Known, Shared
from lazaretto.headcounts.queries import members_of
from lazaretto.screening.models import RosterEntry, Round, Scan
from lazaretto.tubes.choices import RecallState
from lazaretto.tubes.models import Recall
from lazaretto.tubes.queries.inside import inside

STANDS = (RecallState.CONFIRMED, RecallState.POSITIVE)


def known_of(change: Change, since: datetime) -> Known:
    """Their confirmed positives since then: tube, department, who swabbed them. What a change rests on that is not
    confirmed (any more) is named."""
    linked = list(Recall.objects.filter(change=change.pk).select_related("round"))
    waiting = next((one for one in linked if one.state != RecallState.CONFIRMED), None)
    positives = list(_positives(change.subject_id, since)) if change.subject_id else []
    everything = {one.pk: one for one in [*linked, *positives]}
    found = {pk: one for pk, one in everything.items() if one.state == RecallState.CONFIRMED}
    shared: list[Shared] = []
    staff: set[int] = set()
    for recall in found.values():
        shared += [*_tube(recall), *_section(recall)]
        own = Scan.objects.filter(round=recall.round_id, number=recall.number)
        staff |= {user for user in own.values_list("upload__by", flat=True) if user is not None}
    return Known(
        tuple(shared), tuple(sorted(staff)), _tube_of(waiting) if waiting else "",
        tuple(
            Found(_tube_of(one), one.retested_at or one.raised_at, one.state == RecallState.CONFIRMED)
            for one in everything.values()
            if one.state in STANDS
        ),
    )  # fmt: skip


def _tube_of(recall: Recall) -> str:
    return recall.retest_tube or recall.tube


def _positives(person_id: UUID, since: datetime) -> Iterable[Recall]:
    """By the headcounts they stand on, and by changes of theirs: a stranger stands on none. Rounds that were over
    before are not looked at."""
    about = Q(change__person=person_id) | Q(change__stay__person=person_id)
    for round_id, number in _numbers(person_id, since):
        about |= Q(round=round_id, number=number)
    rows = Recall.objects.filter(about, state__in=STANDS, round__deadline_at__gte=since).select_related("round")
    return rows.order_by("raised_at", "pk")


def _numbers(person_id: UUID, since: datetime) -> Iterable[tuple[UUID, int]]:
    own = list(members_of(person_id))
    rounds = list(Round.objects.filter(deadline_at__gte=since, frozen_at__isnull=False).values_list("pk", flat=True))
    entries = RosterEntry.objects.filter(
        round__in=rounds, organisation__in=[one.organisation_id for one in own], member__in=[one.pk for one in own]
    )
    return list(entries.values_list("round", "number")) if own and rounds else []


def _tube(recall: Recall) -> Iterable[Shared]:
    """Whoever is in the tube by any scan, also by one that does not count."""
    mates = {one.who for one in inside([recall.tube])[recall.tube]} - {(recall.round_id, recall.number)}
    if not mates:
        return
    rows = RosterEntry.objects.filter(
        reduce(or_, (Q(round=round_id, number=number) for round_id, number in mates))
    ).select_related("member").order_by("number")  # fmt: skip
    members = tuple(row.member for row in rows)
    yield Shared(why=Why.SAME_TUBE, where=recall.tube, members=members, number=len(mates) - len(members))


def _section(recall: Recall) -> Iterable[Shared]:
    """A department may have hundreds: how many, not who; they are asked where they work."""
    own = RosterEntry.objects.filter(round=recall.round_id, number=recall.number).select_related("organisation").first()
    if own is None or not own.section:
        return
    people = RosterEntry.objects.filter(
        round=recall.round_id, organisation=own.organisation_id, section=own.section
    ).count()
    if people > 1:
        yield Shared(why=Why.SAME_SECTION, where=f"{own.organisation.name} · {own.section}", number=people - 1)
