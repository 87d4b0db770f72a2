"""What rested on a confirmed case that turns out to be none: tubes, orders, people declared because of it."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet

from lazaretto.cases.choices import ChangeKind, ChangeState, ConsequenceKind, FollowUpState, Why
from lazaretto.cases.models import Change, FollowUp
from lazaretto.cases.rules import Back, Declared, Undone
from lazaretto.core.clock import local_date
from lazaretto.custody.models import Holding
from lazaretto.places.choices import ExternalKind
from lazaretto.protocols.choices import Category
from lazaretto.protocols.queries import Calendar
from lazaretto.stays.choices import SpecimenState
from lazaretto.stays.models import IsolationOrder, Specimen, Stay
from lazaretto.stays.queries.courses import course_now

C, K, S = ChangeKind, ConsequenceKind, ChangeState
OF_A_CASE = frozenset({Category.CASE.value, Category.RECOVERED.value})
# Asked because somebody is a case, and needed no more when they are none. Who keeps a child company, and the papers of
# others, stay open: they answer what is, not what was found.
NEEDED_BY_THE_CASE = (K.STAFF, K.TELL)
# Outside nobody has an order because of it yet: their contacts are asked and moved by nothing else.
ASKED_OUTSIDE = (*NEEDED_BY_THE_CASE, K.MOVE, K.AT_HOME, K.TRACE)
NAMES = timedelta(days=90)  # confirmed findings that can still explain an order


def case_of(stay: Stay) -> Change | None:
    """The confirmed change that made this person a case, as long as no recheck refuted it."""
    return confirmed_case(stay.person_id)


def confirmed_case(person_id: UUID) -> Change | None:
    """The same of somebody, wherever they were when it was confirmed."""
    about = Q(stay__person=person_id) | Q(person=person_id)
    found = Change.objects.filter(about, kind=C.CASE, state=S.CONFIRMED, refuted_by__isnull=True)
    return found.select_related("specimen", "stay", "site").order_by("-decided_at", "-id").first()


def suspicion_of(stay: Stay) -> QuerySet[Change]:
    """The open proposal to make them a case."""
    return Change.objects.filter(stay=stay, kind=C.CASE, state=S.PROPOSED)


def suspicion_about(person_id: UUID) -> QuerySet[Change]:
    """The same of somebody outside."""
    return Change.objects.filter(person=person_id, kind=C.CASE, state=S.PROPOSED)


def contact_proposed(person_id: UUID) -> QuerySet[Change]:
    """Open proposals to make them a close contact."""
    about = Q(stay__person=person_id) | Q(person=person_id)
    return Change.objects.filter(about, kind=C.CONTACT, state=S.PROPOSED)


def asked_as_contact(person_id: UUID) -> QuerySet[FollowUp]:
    """Where they had to be as a contact, and are not yet: whoever is a case goes where cases go."""
    rows = FollowUp.objects.filter(person=person_id, kind__in=(K.MOVE, K.AT_HOME), state=FollowUpState.OPEN)
    return rows.filter(category=Category.CLOSE_CONTACT).order_by("due_at", "id")


def moot_for_case(person_id: UUID) -> tuple[Why, ...]:
    """Why what is asked of somebody as a contact falls with the confirmation that they are a case; two queries."""
    asked, proposed = asked_as_contact(person_id).exists(), contact_proposed(person_id).exists()
    return (*((Why.CASE_NOW,) if asked else ()), *((Why.NO_CONTACT_BESIDE,) if proposed else ()))


def voided(person_id: UUID) -> QuerySet[Specimen]:
    """Confirmed positives that hold somebody."""
    return Specimen.objects.filter(stay__person=person_id, state=SpecimenState.CONFIRMED_POSITIVE)


def called_off(case: Change) -> QuerySet[FollowUp]:
    """What is still asked because of a case and not needed when there is none: also their move once recovered."""
    moves = Q(kind=K.MOVE, person=case.subject_id)
    own = Q(change=case) & (Q(kind__in=ASKED_OUTSIDE) if case.outside else moves | Q(kind__in=NEEDED_BY_THE_CASE))
    later = moves & Q(change__kind=C.RECOVERED, change__state=S.CONFIRMED)
    return FollowUp.objects.filter(own | later, state=FollowUpState.OPEN).order_by("due_at", "id")


def order_before(stay: Stay) -> IsolationOrder | None:
    """The order to which somebody returns who was no case: the last one that was not for a case or after one."""
    order = stay.order
    if order.category not in OF_A_CASE:
        return order
    earlier = IsolationOrder.objects.filter(person=stay.person_id, starts_at__lt=order.starts_at)
    return earlier.exclude(category__in=OF_A_CASE).order_by("-starts_at", "-id").first()


def declared_by(stay: Stay) -> Change | None:
    """The refuted case because of which the order in force took the place of another."""
    if stay.order.replaces_id is None:
        return None
    refuted = Change.objects.filter(kind=C.CASE, state=S.CONFIRMED, refuted_by__isnull=False)
    found = refuted.filter(decided_at=stay.order.issued_at)
    return next((one for one in found if str(stay.person_id) in _named(one)), None)


def undone_by_recheck(
    stay: Stay, case: Change, *, beside: bool, among: bool, at: datetime, zone: ZoneInfo, packs: Calendar
) -> Undone:
    """What a negative recheck undoes. A fixed number of queries however many were declared contacts."""
    before, calls = order_before(stay), list(called_off(case))
    waiting = {one.kind for one in calls}
    then = (case.outcome or {}).get("then", [])
    named = _named(case)
    here = _staying(named)
    gone = [person for person in named if UUID(person) not in here]
    told = () if K.TELL in waiting else tuple(_of(then, K.TELL, "people"))
    held = list(Holding.objects.filter(person=stay.person_id, external__isnull=False).select_related("external"))
    hospital = [one for one in held if one.external and one.external.kind == ExternalKind.HOSPITAL]
    kept = any(one.ended_at is None or (case.decided_at and one.ended_at > case.decided_at) for one in hospital)
    in_force = stay.ended_at is None or (before is not None and before.lifted_at is None)
    return Undone(
        back=_back(stay, before, at=at, zone=zone, packs=packs) if before and in_force else None,
        tubes=tuple(voided(stay.person_id).order_by("tube").values_list("tube", flat=True)),
        declared=tuple(_declared(case, here, at=at, zone=zone, packs=packs)),
        left=tuple(dict.fromkeys((*told, *sorted(gone)))),
        staff=() if K.STAFF in waiting else tuple(_of(then, K.STAFF, "users")),
        called_off=tuple(dict.fromkeys(person for one in calls for person in one.people)),
        elsewhere=stay.ended_at is not None and any(one.ended_at is None for one in held),
        among_cases=among or kept, beside_cases=beside,
    )  # fmt: skip


def undone_outside(case: Change, *, elsewhere: bool, zone: ZoneInfo) -> Undone:
    """The same for somebody who stays at no site. Whoever of those named has a room by now is decided on by name."""
    calls = list(called_off(case))
    waiting = {one.kind for one in calls}
    then = (case.outcome or {}).get("then", [])
    named = _named(case) - {str(case.subject_id)}
    here = _staying(named)
    asked = {person for one in calls for person in one.people}
    return Undone(
        declared=tuple(
            Declared(
                person=str(person), stay=str(stay.pk), explained=False,
                ended_on=local_date(stay.order.ends_at, zone).isoformat(),
            )
            for person, stay in sorted(here.items())
        ),
        left=tuple(sorted(one for one in named if UUID(one) not in here and one not in asked)),
        staff=() if K.STAFF in waiting else tuple(_of(then, K.STAFF, "users")),
        called_off=tuple(dict.fromkeys(person for one in calls for person in one.people)), elsewhere=elsewhere,
    )  # fmt: skip


def undone_for_contact(stay: Stay, case: Change, *, at: datetime, zone: ZoneInfo, packs: Calendar) -> Undone:
    """What falls for somebody who was declared a contact of a refuted case."""
    before = stay.order.replaces
    calls = moves_as_contact(stay, case)
    return Undone(
        back=_back(stay, before, at=at, zone=zone, packs=packs) if before else None,
        called_off=tuple(dict.fromkeys(person for one in calls for person in one.people)),
    )


def moves_as_contact(stay: Stay, case: Change) -> QuerySet[FollowUp]:
    """Where they had to go as a contact, and did not yet."""
    return FollowUp.objects.filter(change=case, kind=K.MOVE, person=stay.person_id, state=FollowUpState.OPEN)


def others_naming(case: Change, people: Iterable[str], *, at: datetime) -> dict[str, list[str]]:
    """By person: the numbers of other confirmed findings that name them as a contact, or restarted their clock."""
    wanted = set(people)
    rows = Change.objects.filter(state=S.CONFIRMED, decided_at__gte=at - NAMES, refuted_by__isnull=True)
    found: dict[str, list[str]] = {}
    for row in rows.exclude(pk=case.pk).exclude(kind__in=[C.LIFTED, C.NO_CONTACT]).order_by("number"):
        for person in wanted & _named(row, spared=True):
            found.setdefault(person, []).append(row.number)
    return found


def _declared(
    case: Change, here: dict[UUID, Stay], *, at: datetime, zone: ZoneInfo, packs: Calendar
) -> Iterable[Declared]:
    explained = others_naming(case, [str(person) for person in here], at=at)
    for person, stay in sorted(here.items()):
        order, ends_on = stay.order, ""
        if order.replaces is not None and order.issued_at == case.decided_at:
            ends_on = _back(stay, order.replaces, at=at, zone=zone, packs=packs).ends_on
        yield Declared(
            person=str(person), stay=str(stay.pk), explained=str(person) in explained,
            ended_on=local_date(order.ends_at, zone).isoformat(), ends_on=ends_on,
        )  # fmt: skip


def _back(stay: Stay, before: IsolationOrder, *, at: datetime, zone: ZoneInfo, packs: Calendar) -> Back:
    goes_on = before.pk == stay.order_id
    ends_at = before.ends_at if goes_on else course_now(before, stay.site, packs)[1]
    days = [local_date(moment, zone).isoformat() for moment in (before.last_exposure_at, stay.order.ends_at, ends_at)]
    return Back(
        order=before.number, category=before.category, clock_on=days[0], ended_on=days[1], ends_on=days[2],
        over=ends_at <= at, goes_on=goes_on,
    )  # fmt: skip


def _staying(people: Iterable[str]) -> dict[UUID, Stay]:
    rows = Stay.objects.filter(person__in=list(people), ended_at__isnull=True)
    rows = rows.select_related("site", "person", "order__replaces").prefetch_related("order__replaces__changes")
    return {row.person_id: row for row in rows}


def _named(case: Change, *, spared: bool = False) -> set[str]:
    """Whose order changed because of it; with `spared` also contacts whose order lasted longer anyway."""
    then = (case.outcome or {}).get("then", [])
    kinds = {K.CONTACT, K.RESTART}
    contact = Category.CLOSE_CONTACT.value
    return {
        person
        for row in then
        if row["kind"] in kinds or (spared and row["kind"] == K.GOES_ON and row["category"] == contact)
        for person in row["people"]
    }


def _of(then: Iterable[dict[str, Any]], kind: str, what: str) -> Iterable[Any]:
    return (one for row in then if row["kind"] == kind for one in row[what])
