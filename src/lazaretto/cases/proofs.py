"""What cases can prove: what follows has an owner and is watched; nobody was moved on one unconfirmed positive."""

from datetime import datetime

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from lazaretto.cases.choices import ChangeKind, ChangeState, ConsequenceKind, EvidenceKind, FollowUpState
from lazaretto.cases.deadlines import CONFIRM, FOLLOW_UP
from lazaretto.cases.models import Change, FollowUp
from lazaretto.cases.rules import REVERSIBLE
from lazaretto.core.choices import DeadlineState
from lazaretto.core.models import Deadline
from lazaretto.core.promises import Finding, Offender, proof
from lazaretto.people.models import PersonAccess
from lazaretto.stays.choices import SpecimenState


@proof(1, "follow_ups_owned", _("What follows from a change of status has an owner and is watched"))
def follow_ups_owned(at: datetime) -> Finding:
    """Open follow-ups have an owner and an open deadline; so has every change that waits for its confirmation."""
    open_ones = FollowUp.objects.filter(state=FollowUpState.OPEN)
    rows = Deadline.objects.filter(kind__in=[FOLLOW_UP.code, CONFIRM.code], state=DeadlineState.OPEN)
    watched = set(rows.values_list("subject_id", flat=True))
    waiting = Change.objects.filter(state=ChangeState.PROPOSED)
    unowned = [str(pk) for pk in open_ones.filter(owner__isnull=True).values_list("id", flat=True)]
    ids = [*open_ones.values_list("id", flat=True), *waiting.values_list("id", flat=True)]
    offenders = [
        *(Offender("follow_up", pk, "nobody has it") for pk in unowned),
        *(Offender("change", str(pk), "nothing watches it") for pk in ids if str(pk) not in watched),
    ]
    figures = {
        "changes_unconfirmed": waiting.count(),
        "follow_ups_open": open_ones.count(),
        "follow_ups_overdue": open_ones.filter(due_at__lt=at).count(),
        "follow_ups_without_owner": len(unowned),
    }
    return Finding(figures, offenders, in_use=Change.objects.exists())


@proof(1, "changes_belong", _("A change of somebody outside belongs to a unit that cares for them"))
def changes_belong(_at: datetime) -> Finding:
    """The unit sees the person, and what is asked of whoever has to be fetched says from where."""
    outside = Change.objects.filter(person__isnull=False)
    seen = PersonAccess.objects.filter(person=OuterRef("person"), unit_id=OuterRef("unit_id"))
    moves = FollowUp.objects.filter(change__in=outside, kind=ConsequenceKind.MOVE, from_place__isnull=True)
    offenders = [
        *(
            Offender("change", str(row.pk), f"{row.number}: its unit does not see them")
            for row in outside.filter(~Exists(seen))
        ),
        *(Offender("follow_up", str(pk), "fetched from nowhere") for pk in moves.values_list("pk", flat=True)),
    ]
    return Finding({"changes_outside": outside.count()}, offenders, in_use=outside.exists())


@proof(5, "changes_confirmed", _("No change of status rests on one unconfirmed positive"))
def changes_confirmed(_at: datetime) -> Finding:
    """A case confirmed on a specimen had its second finding; before that only what can be taken back was begun."""
    cases = Change.objects.filter(kind=ChangeKind.CASE, evidence=EvidenceKind.SPECIMEN)
    standing = cases.filter(state=ChangeState.CONFIRMED, refuted_by__isnull=True)
    hasty = standing.exclude(specimen__state=SpecimenState.CONFIRMED_POSITIVE)
    begun = FollowUp.objects.filter(change__in=cases.filter(state=ChangeState.PROPOSED))
    early = begun.exclude(kind__in=REVERSIBLE).select_related("change")
    offenders = [
        *(Offender("change", str(row.pk), f"{row.number}: no second finding") for row in hasty),
        *(Offender("follow_up", str(row.pk), f"{row.change.number}: more than a precaution") for row in early),
    ]
    return Finding({"cases_confirmed": cases.filter(state=ChangeState.CONFIRMED).count()}, offenders,
                   in_use=Change.objects.exists())  # fmt: skip
