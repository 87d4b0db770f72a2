"""What tubes can prove: where each is follows from its facts, every line and every tube is answered once."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from django.db.models import Count, Exists, Min, OuterRef, Q, Sum
from django.utils.translation import gettext_lazy as _

from lazaretto.core.choices import DeadlineState
from lazaretto.core.models import Deadline
from lazaretto.core.promises import Finding, Offender, proof
from lazaretto.places.models import Site
from lazaretto.screening.choices import RoundState
from lazaretto.screening.models import Round
from lazaretto.screening.queries.covering import coverage
from lazaretto.tubes.choices import FileState, RecallState, Stage, Standing
from lazaretto.tubes.deadlines import HAND_ON
from lazaretto.tubes.models import (
    Bag,
    EventUpload,
    Positive,
    Recall,
    ResultFile,
    SiteBag,
    SiteEvent,
    SiteTube,
    SiteUpload,
    Trail,
    TubeEvent,
    TubeResult,
)
from lazaretto.tubes.models.positives import ENDED
from lazaretto.tubes.queries.balance import balance_of
from lazaretto.tubes.queries.facts import Key, bag_facts, tube_facts
from lazaretto.tubes.queries.inside import inside
from lazaretto.tubes.queries.site_facts import site_bag_facts, site_tube_facts
from lazaretto.tubes.queries.site_trails import pending_everywhere
from lazaretto.tubes.rules import standing_of, story_of_bag, story_of_tube

PIECE = 2_000
SETTLED_WITHIN = timedelta(minutes=5)
FOLLOWED = timedelta(minutes=1)  # what came in is followed every 20 seconds
_BAG = ("state", "left_at", "holder", "arrived_at", "received_at", "laboratory", "doubts")
_TUBE = ("sealed_at", "bag", "received_at", "rejected_at", "laboratory", "slip_at", "doubts")


@proof(6, "tube_facts_stand", _("Every event of a tube is kept, and where it is follows from them"))
def tube_facts_stand(at: datetime) -> Finding:
    """Receipts = events, and each tube and bag is where its facts, folded again, say."""
    said = EventUpload.objects.aggregate(n=Sum("taken"))["n"] or 0
    there = TubeEvent.objects.count()
    offenders = [] if said == there else [Offender("tube_event", "", f"{said} taken, {there} there")]
    offenders += _strayed(Trail.objects, "tube", tube_facts, story_of_tube, _TUBE)
    offenders += _strayed(Bag.objects, "bag", bag_facts, story_of_bag, _BAG)
    return Finding({"tube_events": there, "tubes_known": Trail.objects.count()}, offenders, in_use=there > 0)


def _strayed(
    rows: Any, kind: str, facts_of: Callable[[Sequence[Key]], Any], fold: Callable[[Any], Any], names: Sequence[str]
) -> Iterator[Offender]:
    waiting = rows.order_by("pk").iterator(chunk_size=PIECE)
    while piece := list(islice(waiting, PIECE)):
        known = facts_of([(row.round_id, row.code) for row in piece])
        for row in piece:
            yield from _differs(kind, row, fold(known[(row.round_id, row.code)]), names)


def _differs(kind: str, row: Any, story: Any, names: Sequence[str]) -> Iterator[Offender]:
    for name in names:
        said, found = getattr(row, name), getattr(story, name)
        if said != (list(found) if isinstance(found, tuple) else found):
            yield Offender(kind, row.code, f"{name}: {said}, by its facts {found}")


@proof(6, "site_tubes_stand", _("Every event of a quarantine site's tube is kept, and where it is follows from them"))
def site_tubes_stand(at: datetime) -> Finding:
    """Receipts = events; each tube and each use of a bag is where its facts, folded again, say; a bag began with the
    first of them. A rejected tube gives no result: its specimen does not wait for one.
    """
    said = SiteUpload.objects.aggregate(n=Sum("taken"))["n"] or 0
    there = SiteEvent.objects.count()
    offenders = [] if said == there else [Offender("site_event", "", f"{said} taken, {there} there")]
    offenders += [*_strayed_tubes(), *_strayed_bags(), *_waiting_for_rejected(at)]
    figures = {"site_tube_events": there, "site_tubes_known": SiteTube.objects.count()}
    return Finding(figures, offenders, in_use=there > 0)


def _strayed_tubes() -> Iterator[Offender]:
    for site in Site.objects.filter(Exists(SiteTube.objects.filter(site=OuterRef("pk")))).order_by("pk"):
        waiting = SiteTube.objects.filter(site=site).order_by("code").iterator(chunk_size=PIECE)
        while piece := list(islice(waiting, PIECE)):
            known = site_tube_facts(site.pk, [row.code for row in piece])
            for row in piece:
                story = story_of_tube(known[row.code])
                yield from _differs("site_tube", row, story, [name for name in _TUBE if name != "bag"])
                if str(row.bag_id or "") != story.bag:
                    yield Offender("site_tube", row.code, f"bag: {row.bag_id}, by its facts {story.bag}")


def _strayed_bags() -> Iterator[Offender]:
    began = SiteBag.objects.annotate(first=Min("events__at")).order_by("pk")
    waiting = began.iterator(chunk_size=PIECE)
    while piece := list(islice(waiting, PIECE)):
        known = site_bag_facts([row.pk for row in piece])
        for row in piece:
            yield from _differs("site_bag", row, story_of_bag(known[row.pk]), _BAG)
            if row.begun_at != row.first:
                yield Offender("site_bag", row.code, f"begun {row.begun_at}, by its facts {row.first}")


def _waiting_for_rejected(at: datetime) -> Iterator[Offender]:
    """What was rejected before somebody entered the swab is settled by the next look of the steward."""
    rejected = SiteTube.objects.filter(
        site=OuterRef("stay__site"), code=OuterRef("tube"), rejected_at__lt=at - SETTLED_WITHIN
    )
    rows = pending_everywhere().filter(Exists(rejected), collected_at__lt=at - SETTLED_WITHIN)
    for tube in rows.order_by("tube").values_list("tube", flat=True):
        yield Offender("site_tube", tube, "rejected, and its specimen waits for a result")


@proof(6, "result_lines_balance", _("Every line of results is accounted for"))
def result_lines_balance(at: datetime) -> Finding:
    """Lines laid out are as many as came, and results taken in leave none ready or held."""
    kept = ResultFile.objects.exclude(state=FileState.CANCELLED)
    rows = kept.annotate(there=Count("entries"))
    waiting = set(
        kept.filter(state=FileState.COMMITTED, entries__state__in=["ready", "held"]).values_list("pk", flat=True)
    )
    offenders = [
        Offender("result_file", str(row.pk), f"{row.lines} lines came, {row.there} there")
        for row in rows
        if row.lines != row.there
    ] + [Offender("result_file", str(pk), "taken in with lines waiting") for pk in sorted(waiting)]
    return Finding({"result_files": kept.count()}, offenders, in_use=kept.exists())


@proof(5, "tubes_answered", _("Tubes out = results in, for every round that is closed"))
def tubes_answered(at: datetime) -> Finding:
    """A closed round has no tube without a result and nobody unnamed; standings are what results say; a positive has
    everybody in it on a list.
    """
    out = Trail.objects.count()
    answered = Trail.objects.exclude(standing="").count()
    offenders = [*_open_in_closed(), *_wrong_standings(), *_uncalled(at)]
    figures = {
        "tubes_out": out,
        "results_in": answered,
        "tubes_rejected": Trail.objects.filter(rejected_at__isnull=False, standing="").count(),
        "positives_undecided": Positive.objects.filter(standing=Standing.PRELIMINARY).count(),
        "called_back_open": Recall.objects.filter(state__in=["open", "retested", "positive"]).count(),
    }
    return Finding(figures, offenders, in_use=out > 0)


@proof(1, "positives_taken_over", _("Every confirmed positive of a round is with somebody, or asks who takes over"))
def positives_taken_over(_at: datetime) -> Finding:
    """Whoever was not handed on, or whose change of status came to nothing, has an open alarm."""
    confirmed = Recall.objects.filter(state=RecallState.CONFIRMED)
    alone = confirmed.filter(Q(handed_on_at__isnull=True) | Q(change__state__in=ENDED))
    rows = Deadline.objects.filter(kind=HAND_ON.code, state=DeadlineState.OPEN)
    asked = set(rows.values_list("subject_id", flat=True))
    offenders = [
        Offender("recall", str(row.pk), f"{row}: confirmed, and nobody is asked to take over")
        for row in alone.order_by("pk")
        if str(row.pk) not in asked
    ]
    return Finding({"positives_confirmed": confirmed.count()}, offenders, in_use=confirmed.exists())


@proof(5, "coverage_adds_up", _("Everybody expected in a round is tested, excused or missing, in every sum"))
def coverage_adds_up(_at: datetime) -> Finding:
    """What the screens show of each round, from sums, is what its roster says looked at one by one."""
    rounds = Round.objects.filter(frozen_at__isnull=False)
    offenders = [Offender("round", str(one.pk), why) for one in rounds.order_by("pk") for why in _wrong_sums(one)]
    return Finding({"rounds_with_a_roster": rounds.count()}, offenders, in_use=rounds.exists())


def _wrong_sums(of: Round) -> Iterator[str]:
    shown, counted = coverage(of), balance_of(of)
    if not counted.adds_up:
        yield "tested, excused, missing and unnamed are not the headcount"
    for name, said, there in (
        ("expected", sum(row.expected for row in shown.organisations), counted.headcount),
        ("tested", shown.tested, counted.tested),
        ("excused", shown.excused, counted.excused),
        ("missing", shown.missing, counted.missing + counted.unnamed),
    ):
        if said != there:
            yield f"{name}: {said} in the sums, {there} by name"


def _open_in_closed() -> Iterator[Offender]:
    for one in Round.objects.filter(state=RoundState.CLOSED):
        found = balance_of(one)
        if found.unanswered or found.unnamed:
            said = f"closed with {found.unanswered} tubes unanswered, {found.unnamed} people unnamed"
            yield Offender("round", str(one.pk), said)


def _wrong_standings() -> Iterator[Offender]:
    results: dict[str, dict[int, str]] = {}
    for tube, stage, outcome in TubeResult.objects.filter(counts=True).values_list("tube", "stage", "outcome"):
        results.setdefault(tube, {})[stage] = outcome
    said = dict(Trail.objects.exclude(standing="").values_list("code", "standing"))
    for tube in sorted(results.keys() | said.keys()):
        by_stage = results.get(tube, {})
        found = standing_of(by_stage.get(Stage.FIRST, ""), by_stage.get(Stage.RECHECK, ""))
        if said.get(tube, "") != found:
            yield Offender("tube", tube, f"stands as {said.get(tube, 'nothing')}, by its results {found or 'nothing'}")


def _uncalled(at: datetime) -> Iterator[Offender]:
    """Whoever is in a positive tube by any scan is on its list; whose scan came in just now is called in a moment."""
    rows = Positive.objects.filter(standing__in=[Standing.PRELIMINARY, Standing.CONFIRMED]).order_by("pk")
    waiting = rows.iterator(chunk_size=PIECE)
    while piece := [row.tube for row in islice(waiting, PIECE)]:
        called = set(Recall.objects.filter(tube__in=piece).values_list("tube", "round_id", "number"))
        for tube, people in inside(piece).items():
            for one in people:
                told = one.single or (tube, *one.who) in called or one.received_at > at - FOLLOWED
                if not told:
                    yield Offender("positive", tube, f"number {one.number or 'none'} is in it and not called back")
