"""What can be proved about returnees: every line in somebody's hands, nobody between, nothing owed in silence."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import Count, Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from lazaretto.core.choices import DeadlineState
from lazaretto.core.models import Deadline
from lazaretto.core.promises import Finding, Offender, proof
from lazaretto.returnees.choices import ListState, Outcome
from lazaretto.returnees.commands.common import patience
from lazaretto.returnees.commands.sharing import ignored
from lazaretto.returnees.deadlines import LISTS, POSITIVE, TESTS, WAITING
from lazaretto.returnees.models import OwedTest, Returnee, ReturneeList

SLACK = timedelta(minutes=5)  # a duty or a sweeper that restarts


@proof(6, "returnee_lists_balance", _("Every line of every list of returnees made a case, joined one, or is held"))
def returnee_lists_balance(at: datetime) -> Finding:
    """Lines laid out are as many as were read; a list taken in has none left; a list with some is watched."""
    kept = ReturneeList.objects.exclude(state=ListState.CANCELLED)
    waiting = Count("entries", filter=Q(entries__outcome__in=["ready", "held"]))
    rows = list(kept.annotate(there=Count("entries"), waiting=waiting))
    watched = _watched(LISTS.code)
    offenders = [
        *(
            Offender("returnee_list", str(row.pk), f"{row.lines} lines read, {row.there} there")
            for row in rows
            if row.lines != row.there
        ),
        *(
            Offender("returnee_list", str(row.pk), f"taken in with {row.waiting} lines waiting")
            for row in rows
            if row.state == ListState.COMMITTED and row.waiting
        ),
        *(
            Offender("returnee_list", str(row.pk), "has lines to decide, and nothing watches that")
            for row in rows
            if row.state != ListState.COMMITTED and str(row.unit_id) not in watched
        ),
        *(
            Offender("returnee", str(pk), "no line of a list made this case")
            for pk in Returnee.objects.annotate(made=Count("lines", filter=Q(lines__outcome="made")))
            .exclude(made=1)
            .values_list("pk", flat=True)
        ),
    ]
    figures = {"returnee_lists": len(rows), "returnee_lines_to_decide": sum(row.waiting for row in rows)}
    return Finding(figures, offenders, in_use=bool(rows))


@proof(4, "returnees_in_hand", _("Every open returnee has an owner who is here, or waits in a queue that is watched"))
def returnees_in_hand(at: datetime) -> Finding:
    """Nobody whose owner's time is long over; no queue with somebody due without a deadline that is not later."""
    opened = Returnee.objects.filter(closed_at__isnull=True)
    first = _first_due(WAITING.code)
    offenders = [
        *(
            Offender("returnee", row.number, "their owner did nothing or is not here, and they are in no queue")
            for row in ignored(at - SLACK)
        ),
        *(
            Offender("returnee", row.number, "in a queue that nothing watches")
            for row in opened.filter(owner__isnull=True).only("number", "unit_id", "due_at")
            if str(row.unit_id) not in first or (row.due_at and first[str(row.unit_id)] > row.due_at + patience())
        ),
        *_silent(at),
    ]
    queued = opened.filter(owner__isnull=True, due_at__lte=at).count()
    figures = {"returnees_open": opened.count(), "returnees_in_a_queue_and_due": queued}
    return Finding(figures, offenders, in_use=Returnee.objects.exists())


@proof(5, "returnees_tested", _("No returnee is watched out untested, and no test is owed in silence"))
def returnees_tested(at: datetime) -> Finding:
    """Watched out means every test negative and the last day reached; other ends with tests owed say who sees to
    them; open tests are watched, and so is everybody positive who is not handed on."""
    out = Returnee.objects.filter(outcome=Outcome.WATCHED_OUT)
    of = OwedTest.objects.filter(returnee=OuterRef("pk"))
    early = out.filter(closed_at__date__lt=F("watch_until") - timedelta(days=1))  # a day's grace: dates are local
    unsaid = Exists(of.filter(waived_at=OuterRef("closed_at")))
    ended = Returnee.objects.exclude(outcome__in=["", Outcome.WATCHED_OUT, Outcome.QUARANTINE])
    owed = OwedTest.objects.filter(result="", waived_at__isnull=True)
    watched, positive = _watched(TESTS.code), _watched(POSITIVE.code)
    opened, closed = (Returnee.objects.filter(closed_at__isnull=still) for still in (True, False))
    offenders = [
        *_named(out.filter(~Exists(of.filter(result="negative"))), "watched out without a negative test"),
        *_named(out.filter(Exists(of.filter(waived_at=OuterRef("closed_at")))), "watched out with a test owed"),
        *_named(early, "watched out before the last day"),
        *_named(ended.filter(unsaid, despite__isnull=True), "closed with a test owed and no word who sees to it"),
        *_named(
            closed.filter(Exists(of.filter(result="positive"))).exclude(outcome=Outcome.QUARANTINE),
            "positive, and closed without being handed on",
        ),
        *(
            Offender("returnee", row.number, "positive, and nothing watches that they are handed on")
            for row in opened.filter(Exists(of.filter(result="positive")))
            if str(row.pk) not in positive
        ),
        *(
            Offender("returnee", one.returnee.number, "a test is owed and nothing watches it")
            for one in owed.select_related("returnee")
            if one.returnee.closed_at is None and str(one.returnee.unit_id) not in watched
        ),
        *_named(closed.filter(Exists(of.filter(result="", waived_at__isnull=True))), "closed with a test still open"),
    ]  # fmt: skip
    late = owed.filter(due_at__lt=at, returnee__closed_at__isnull=True).count()
    return Finding({"returnee_tests_late": late}, offenders, in_use=OwedTest.objects.exists())


def _named(rows: object, why: str) -> Iterator[Offender]:
    for row in rows:  # type: ignore[attr-defined]
        yield Offender("returnee", row.number, why)


def _watched(kind: str) -> set[str]:
    return set(_first_due(kind))


def _first_due(kind: str) -> dict[str, datetime]:
    rows = Deadline.objects.filter(kind=kind, state=DeadlineState.OPEN)
    return dict(rows.values_list("subject_id", "due_at"))


def _silent(at: datetime) -> Iterator[Offender]:
    kinds = [kind.code for kind in (LISTS, WAITING, TESTS, POSITIVE)]
    late = Deadline.objects.filter(kind__in=kinds, state=DeadlineState.OPEN, overdue_at__lt=at - SLACK, rung=0)
    for pk in late.values_list("pk", flat=True):
        yield Offender("deadline", str(pk), "a deadline about returnees is over and has raised no alarm")
