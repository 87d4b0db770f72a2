"""What can be proved about stranded people: each is held by somebody, and every clock of theirs is watched."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from lazaretto.core.choices import DeadlineState
from lazaretto.core.models import Deadline
from lazaretto.core.promises import Finding, Offender, proof
from lazaretto.custody.models import Holding
from lazaretto.stranded.choices import State
from lazaretto.stranded.deadlines import CARE, MEAL, OWNER, PLACE, SEARCH
from lazaretto.stranded.models import Group, Stranded
from lazaretto.stranded.queries import lonely

SLACK = timedelta(minutes=5)  # a sweeper that restarts
FED = (State.WAITING, State.ON_THE_WAY, State.LODGED)


@proof(1, "stranded_are_held", _("Everybody found stranded is held by somebody, and each waits for a place by a clock"))
def stranded_are_held(at: datetime) -> Finding:
    """Nobody without a fact of custody, nobody without a place past the clock and without an alarm, nobody missing
    who is not looked for, no group that ended with somebody in it."""
    rows = Stranded.objects.filter(ended_at__isnull=True).select_related("group")
    holding = Holding.objects.filter(person=OuterRef("person"), ended_at__isnull=True)
    due = _dues()
    waiting = [row for row in rows if row.state == State.ON_THE_WAY or _waits(row)]
    offenders = [
        *(Offender("stranded", str(row.pk), "no place holds them") for row in rows.filter(~Exists(holding))),
        *(
            Offender("stranded", str(row.pk), "nothing watches that they get a place")
            for row in waiting
            if (PLACE.code, str(row.pk)) not in due
        ),
        *(
            Offender("stranded", str(row.pk), "missing, and nothing watches that they are looked for")
            for row in rows
            if row.state == State.MISSING and (SEARCH.code, str(row.pk)) not in due
        ),
        *(
            Offender("deadline", str(pk), "a clock of somebody stranded is over and has raised no alarm")
            for pk in _silent(at)
        ),
        *(Offender("stranded_group", str(pk), "its end is not what its people say") for pk in _wrong_ends()),
    ]
    figures = {
        "stranded_without_a_place": len(waiting),
        "stranded_past_their_clock": sum(due.get((PLACE.code, str(row.pk)), at) < at for row in waiting),
        "stranded_missing": sum(row.state == State.MISSING for row in rows),
    }
    return Finding(figures, offenders, in_use=Group.objects.exists())


@proof(
    4, "stranded_are_cared_for", _("Stranded people have an owner, are fed, and no child among them is alone unwatched")
)
def stranded_are_cared_for(at: datetime) -> Finding:
    """Open groups are owned or wait for an owner by a clock, the next meal is due, whoever must not be alone has
    somebody or an open alarm's clock."""
    opened = Group.objects.filter(ended_at__isnull=True).select_related("unit")
    due = _dues()
    alone = {str(pk) for group, rows in _people_of(opened) for pk in lonely(group, rows, at=at)}
    fed = opened.filter(fed_by_us=True, people__state__in=FED).distinct()
    offenders = [
        *(
            Offender("stranded_group", str(group.pk), f"{group.number}: nobody owns it and nothing watches that")
            for group in opened.filter(owner__isnull=True)
            if (OWNER.code, str(group.pk)) not in due
        ),
        *(
            Offender("stranded_group", str(group.pk), f"{group.number}: nothing watches their next meal")
            for group in fed
            if (MEAL.code, str(group.pk)) not in due
        ),
        *(
            Offender("stranded", pk, "must not be alone, is, and nothing watches it")
            for pk in sorted(alone)
            if (CARE.code, pk) not in due
        ),
    ]
    late = sum(due.get((MEAL.code, str(group.pk)), at) < at for group in fed)
    figures = {"stranded_groups_open": opened.count(), "stranded_meals_late": late, "stranded_alone": len(alone)}
    return Finding(figures, offenders, in_use=Group.objects.exists())


def _waits(row: Stranded) -> bool:
    return row.state == State.WAITING and not row.group.at_home


def _watched() -> QuerySet[Deadline]:
    kinds = [kind.code for kind in (OWNER, PLACE, CARE, MEAL, SEARCH)]
    return Deadline.objects.filter(kind__in=kinds, state=DeadlineState.OPEN)


def _dues() -> dict[tuple[str, str], datetime]:
    """Open deadlines by kind and subject."""
    return {(kind, subject): due for kind, subject, due in _watched().values_list("kind", "subject_id", "due_at")}


def _silent(at: datetime) -> list[UUID]:
    """Those that are over and have raised no alarm."""
    return list(_watched().filter(overdue_at__lt=at - SLACK, rung=0).values_list("pk", flat=True))


def _people_of(groups: Iterable[Group]) -> list[tuple[Group, list[Stranded]]]:
    found: dict[UUID, list[Stranded]] = defaultdict(list)
    opened = list(groups)
    for row in Stranded.objects.filter(group__in=opened).select_related("person"):
        found[row.group_id].append(row)
    return [(group, found[group.pk]) for group in opened]


def _wrong_ends() -> list[UUID]:
    still = Count("people", filter=Q(people__ended_at__isnull=True))
    rows = Group.objects.annotate(still=still)
    return list(
        rows.filter(Q(ended_at__isnull=True, still=0) | Q(ended_at__isnull=False, still__gt=0)).values_list(
            "pk", flat=True
        )
    )
