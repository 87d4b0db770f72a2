"""With whom somebody outside shared a tube or a department, as changes of status ask."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q

from lazaretto.cases.choices import Why
from lazaretto.cases.models import Change
from lazaretto.cases.queries.surroundings import Known, Shared
from lazaretto.headcounts.queries import members_of
from lazaretto.screening.models import RosterEntry, Round, Scan
from lazaretto.tubes.choices import RecallState
from lazaretto.tubes.models import Recall


def known_of(change: Change, since: datetime) -> Known:
    """Their confirmed positives since then: tube, department, who swabbed them. What a change rests on that is not
    confirmed (any more) is named."""
    linked = list(Recall.objects.filter(change=change.pk).select_related("round"))
    waiting = next((one for one in linked if one.state != RecallState.CONFIRMED), None)
    found = {one.pk: one for one in [*linked, *_confirmed(change, since)] if one.state == RecallState.CONFIRMED}
    shared: list[Shared] = []
    staff: set[int] = set()
    for recall in found.values():
        shared += [*_tube(recall), *_section(recall)]
        own = Scan.objects.filter(round=recall.round_id, number=recall.number)
        staff |= {user for user in own.values_list("upload__by", flat=True) if user is not None}
    return Known(tuple(shared), tuple(sorted(staff)), (waiting.retest_tube or waiting.tube) if waiting else "")


def _confirmed(change: Change, since: datetime) -> Iterable[Recall]:
    """By the headcounts they stand on; rounds that were over before are not looked at."""
    if change.person_id is None:
        return []
    own = list(members_of(change.person_id))
    rounds = list(Round.objects.filter(deadline_at__gte=since, frozen_at__isnull=False).values_list("pk", flat=True))
    entries = RosterEntry.objects.filter(
        round__in=rounds, organisation__in=[one.organisation_id for one in own], member__in=[one.pk for one in own]
    )
    numbers = list(entries.values_list("round", "number")) if own and rounds else []
    if not numbers:
        return []
    about = Q(pk__in=[])
    for round_id, number in numbers:
        about |= Q(round=round_id, number=number)
    return Recall.objects.filter(about, state=RecallState.CONFIRMED).select_related("round").order_by("raised_at", "pk")


def _tube(recall: Recall) -> Iterable[Shared]:
    numbers = Scan.objects.filter(round=recall.round_id, tube=recall.tube).exclude(number=recall.number)
    mates = sorted(numbers.values_list("number", flat=True))
    if not mates:
        return
    rows = (
        RosterEntry.objects.filter(round=recall.round_id, number__in=mates).select_related("member").order_by("number")
    )
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
