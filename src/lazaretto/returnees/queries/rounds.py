"""Tests that a round of mass testing has answered: the tube of a returnee's own swab is negative. For duties."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from lazaretto.returnees.models import OwedTest
from lazaretto.screening.models import RosterEntry, Round, Scan, Stranger
from lazaretto.screening.queries.corrections import recognised
from lazaretto.tubes.choices import Standing
from lazaretto.tubes.models import Trail

LOOK_BACK = timedelta(days=14)  # rounds that ended longer ago answer nothing that is owed
EARLY = timedelta(hours=24)  # a swab so long before a test is due is the one of its day
AT_ONCE = 5_000
CLEAR = (Standing.NEGATIVE, Standing.REFUTED)


@dataclass(frozen=True)
class Negative:
    """A test and what answers it."""

    test: OwedTest
    tested_at: datetime
    evidence: str


def answered(at: datetime) -> list[Negative]:
    """Owed tests whose returnee was swabbed in a round for it, with a tube that is negative by now.

    By the document, on the roster or as a stranger. One swab answers one test. Four queries for each round.
    """
    owed = OwedTest.objects.filter(
        result="", waived_at__isnull=True, due_at__lte=at + EARLY, returnee__closed_at__isnull=True
    )
    tests = list(owed.exclude(returnee__document_digest="").select_related("returnee").order_by("due_at")[:AT_ONCE])
    if not tests:
        return []
    swabs = _swabs({test.returnee.document_digest for test in tests}, at)
    last = _last_results(tests)
    found: list[Negative] = []
    for test in tests:
        after = max(test.due_at - EARLY, last.get(test.returnee_id, test.due_at - EARLY))
        fits = [swab for swab in swabs[test.returnee.document_digest] if after < swab[0] <= at]
        if fits:
            taken, evidence = min(fits)
            found.append(Negative(test, taken, evidence))
            last[test.returnee_id] = taken
    return found


def _last_results(tests: Sequence[OwedTest]) -> dict[UUID, datetime]:
    """When each was last swabbed for a test that has its result."""
    done = OwedTest.objects.filter(returnee__in={test.returnee_id for test in tests}, tested_at__isnull=False)
    rows = done.order_by("tested_at").values_list("returnee_id", "tested_at")
    return {returnee: moment for returnee, moment in rows if moment}


def _swabs(digests: Collection[str], at: datetime) -> dict[str, list[tuple[datetime, str]]]:
    """Swabs in negative tubes, by document: when, and round and tube in words."""
    found: dict[str, list[tuple[datetime, str]]] = defaultdict(list)
    for of in Round.objects.filter(opened_at__gte=at - LOOK_BACK):
        numbers: dict[int, str] = {}
        for model in (RosterEntry, Stranger):
            named = model.objects.filter(round=of.pk, document_digest__in=digests)
            rows = named.values_list("number", "document_digest")
            numbers |= {number: digest for number, digest in rows if digest}
        known = recognised(of.pk, [number for number in numbers if number > of.entries])
        numbers |= {number: numbers[stranger] for stranger, number in known.items()}
        scans = list(Scan.objects.filter(round=of.pk, number__in=numbers).values_list("number", "tube", "taken_at"))
        clear = set(
            Trail.objects.filter(pk__in={tube for _n, tube, _at in scans}, standing__in=CLEAR).values_list(
                "pk", flat=True
            )
        )
        for number, tube, taken in scans:
            if tube in clear:
                found[numbers[number]].append((taken, f"{of.name} …{tube[-4:]}"))
    return found
