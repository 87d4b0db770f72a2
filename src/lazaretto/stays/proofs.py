"""What stays can prove about the promises (`lazaretto verify`)."""

from datetime import datetime, timedelta

from django.db.models import Count, Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from lazaretto.core.choices import DeadlineState
from lazaretto.core.models import Alarm, Deadline
from lazaretto.core.promises import Finding, Offender, proof
from lazaretto.places.choices import RoomState
from lazaretto.places.models import Room
from lazaretto.stays.choices import OrderChangeKind, SpecimenState
from lazaretto.stays.deadlines import POSITIVE, RELEASE, RESULT
from lazaretto.stays.models import IsolationOrder, Occupancy, Release, Specimen, Stay

OPEN = Q(ended_at__isnull=True)


@proof(1, "one_room", _("Everybody here is in exactly one room"))
def one_room(_at: datetime) -> Finding:
    """Each open stay has one open occupancy in its own site, and no closed stay has one."""
    stays = Stay.objects.filter(OPEN)
    here = Occupancy.objects.filter(stay=OuterRef("pk"), ended_at__isnull=True, room__site=OuterRef("site"))
    lost = stays.filter(~Exists(here)).values_list("id", flat=True)
    ghosts = Occupancy.objects.filter(OPEN, stay__ended_at__isnull=False).values_list("id", flat=True)
    twice = (
        Stay.objects.filter(OPEN)
        .values("person")
        .annotate(n=Count("id"))
        .filter(n__gt=1)
        .values_list("person", flat=True)
    )
    offenders = [
        *(Offender("stay", str(pk), "no room at its site") for pk in lost),
        *(Offender("occupancy", str(pk), "its stay has ended") for pk in ghosts),
        *(Offender("person", str(pk), "more than one open stay") for pk in twice),
    ]
    return Finding({"people_in_care": stays.count()}, offenders, in_use=Stay.objects.exists())


@proof(1, "room_states_agree", _("Room states agree with who is in them"))
def room_states(_at: datetime) -> Finding:
    """`occupied` exactly where somebody is; one party a room."""
    taken = Occupancy.objects.filter(OPEN, room=OuterRef("pk"))
    wrong = Room.objects.annotate(taken=Exists(taken)).filter(
        Q(taken=True) & ~Q(state=RoomState.OCCUPIED) | Q(taken=False, state=RoomState.OCCUPIED)
    )
    mixed = Occupancy.objects.filter(OPEN).values("room").annotate(n=Count("party_id", distinct=True)).filter(n__gt=1)
    offenders = [
        *(
            Offender("room", str(room.id), f"{room.number} is {room.state}, which its guests contradict")
            for room in wrong
        ),
        *(Offender("room", str(row["room"]), "people of different parties share it") for row in mixed),
    ]
    figures = {"rooms_taken": Room.objects.filter(state=RoomState.OCCUPIED).count()}
    return Finding(figures, offenders, in_use=Stay.objects.exists())


@proof(2, "orders", _("Every isolation rests on an order, and every overdue release has raised its alarm"))
def orders(at: datetime) -> Finding:
    """Open stays have an order in force and a release deadline at its end; overdue ones are alarms."""
    stays = Stay.objects.filter(OPEN)
    lifted = stays.filter(order__lifted_at__isnull=False).values_list("id", flat=True)
    overdue = stays.filter(order__ends_at__lt=at - RELEASE.grace)
    watched = set(
        Deadline.objects.filter(kind=RELEASE.code, state=DeadlineState.OPEN).values_list("subject_id", flat=True)
    )
    slack = timedelta(minutes=5)
    late = Deadline.objects.filter(kind=RELEASE.code, state=DeadlineState.OPEN, overdue_at__lt=at - slack, rung=0)
    offenders = [
        *(Offender("stay", str(pk), "its order was lifted") for pk in lifted),
        *(
            Offender("stay", str(pk), "nothing watches its release")
            for pk in stays.values_list("id", flat=True)
            if str(pk) not in watched
        ),
        *(Offender("deadline", str(row.id), "an overdue release has raised no alarm") for row in late),
    ]
    return Finding(
        {"orders_in_force": stays.count(), "releases_overdue": overdue.count()}, offenders, in_use=Stay.objects.exists()
    )


@proof(2, "extensions", _("Every extension has an approver and a reason"))
def extensions(_at: datetime) -> Finding:
    """The end of an order only ever moves by a change that says who and why."""
    broken = []
    for order in IsolationOrder.objects.filter(changes__isnull=False).distinct().prefetch_related("changes"):
        last = max(order.changes.all(), key=lambda change: change.at)
        if last.ends_after != order.ends_at:
            broken.append(Offender("order", str(order.id), "its end is not the one that its last change gave"))
    from_extension = IsolationOrder.objects.filter(changes__kind=OrderChangeKind.EXTENSION).distinct().count()
    return Finding({"orders_extended": from_extension}, broken, in_use=IsolationOrder.objects.exists())


@proof(2, "releases_met", _("Nobody was released with an open criterion"))
def releases_met(_at: datetime) -> Finding:
    """Each release keeps the criteria it was decided on, all met, and ended its stay."""
    offenders = []
    releases = Release.objects.select_related("stay")
    for made in releases.iterator(chunk_size=500):
        if not all(item["satisfied"] for item in made.criteria):
            offenders.append(Offender("release", str(made.id), "a criterion was open"))
        if made.stay.ended_at is None:
            offenders.append(Offender("release", str(made.id), "the stay goes on"))
    return Finding({"released": releases.count()}, offenders, in_use=Stay.objects.exists())


@proof(5, "specimens_answered", _("Every tube is answered or watched"))
def specimens_answered(_at: datetime) -> Finding:
    """A pending specimen has a deadline for its result; a preliminary positive has one for its confirmation."""
    watched = set(
        Deadline.objects.filter(kind__in=[RESULT.code, POSITIVE.code], state=DeadlineState.OPEN).values_list(
            "subject_id", flat=True
        )
    )
    waiting = Specimen.objects.filter(state__in=[SpecimenState.PENDING, SpecimenState.PRELIMINARY_POSITIVE])
    offenders = [
        Offender("specimen", str(pk), "nobody waits for its result")
        for pk in waiting.values_list("id", flat=True)
        if str(pk) not in watched
    ]
    figures = {
        "specimens": Specimen.objects.count(),
        "specimens_without_result": Specimen.objects.filter(state=SpecimenState.PENDING).count(),
        "positives_unconfirmed": Specimen.objects.filter(state=SpecimenState.PRELIMINARY_POSITIVE).count(),
        "positive_alarms_without_owner": Alarm.objects.filter(
            kind=POSITIVE.code, answered_at__isnull=True, owner__isnull=True
        ).count(),
    }
    return Finding(figures, offenders, in_use=figures["specimens"] > 0)
