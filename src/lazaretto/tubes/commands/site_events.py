"""What was seen of a quarantine site's tubes and bags, taken in: at the site, by couriers, at the laboratory's door.

The site is locked while it is written: its uploads are few, and each use of a bag is begun once. Where tubes and bags
are follows by the same rules as those of a round; who is in them, and what was found, stands with the stay.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from lazaretto.core.access import Actor
from lazaretto.core.bulk import insert_few, insert_unless_taken, update_rows
from lazaretto.core.commands import command, record
from lazaretto.core.ids import new_id
from lazaretto.core.secrets import keyed_hash
from lazaretto.places.models import Site
from lazaretto.screening.rules import clock_error, true_time
from lazaretto.stays.choices import SpecimenState
from lazaretto.stays.commands import take_result
from lazaretto.stays.models import Specimen
from lazaretto.stays.rules import REPORTED
from lazaretto.tubes.choices import EventKind, Remark
from lazaretto.tubes.commands.events import (
    ANSWER,
    BAG_FOLLOWS,
    EVENTS,
    AnsweredBefore,
    EventsAnswer,
    Remarked,
    TakenEvent,
    couriers_by_code,
    said_by,
    values_of,
    words_of,
)
from lazaretto.tubes.errors import EventsReused
from lazaretto.tubes.models import SiteBag, SiteEvent, SiteTube, SiteUpload
from lazaretto.tubes.queries.site_facts import homes_of, site_bag_facts, site_tube_facts, uses_of
from lazaretto.tubes.rules import BEGINS, HANDLE, Use, incomplete, shows_a_bag, story_of_bag, story_of_tube, use_of

# Nobody is called back at a site, and no number is agreed with an enterprise there.
NOT_AT_SITES = frozenset({EventKind.RETESTED, EventKind.COUNT_AGREED})


def take_site_events(
    *, actor: Actor, at: datetime, site: Site | UUID, batch: UUID, sent_at: datetime, events: list[TakenEvent]
) -> EventsAnswer:
    """`upload_site_events`, or the stored answer of a batch that is here already, from whichever device it came."""
    try:
        return upload_site_events(
            actor=actor, at=at, site=site, batch=batch, sent_at=sent_at, events=events,  # type: ignore[arg-type]
        )  # fmt: skip
    except AnsweredBefore as before:
        return before.answer


@command("tubes.upload_site_events", capability=HANDLE, internal=True)
def upload_site_events(
    *, actor: Actor, at: datetime, site: Site, batch: UUID, sent_at: datetime, events: list[TakenEvent],
    uses: dict[str, UUID] | None = None,
) -> EventsAnswer:  # fmt: skip
    """Take in a batch of events of a quarantine site's tubes and bags. A tube that is rejected gives no result: its
    specimen is invalid, and its test is due again.

    `uses`: which use of a bag is meant, where somebody said so; else the one that was under way at that moment.
    Raises `EventsReused` for the same batch with other events, `NotFound`, `Forbidden`.
    """
    receipt = _claim(actor, at, batch, site, sent_at, events)
    fresh, tubes = _keep(receipt, events, clock_error(sent_at, at), uses or {})
    settle_rejected(site, tubes, actor=actor, at=at)
    answer = EventsAnswer(batch, len(events), len(fresh), receipt.skew_seconds, _remarks(site, events, fresh))
    receipt.received, receipt.taken = answer.received, answer.taken
    receipt.answer = ANSWER.dump_python(answer, mode="json")
    receipt.save(update_fields=["received", "taken", "answer"])
    record(receipt, unit_id=site.unit_id, data={"received": answer.received, "taken": answer.taken})
    return answer


def _claim(
    actor: Actor, at: datetime, batch: UUID, site: Site, sent_at: datetime, events: Sequence[TakenEvent]
) -> SiteUpload:
    receipt = SiteUpload(
        id=batch, site=site, body_digest=keyed_hash(f"{site.id}|{EVENTS.dump_json(list(events)).decode()}", "events"),
        sent_at=sent_at, received_at=at, skew_seconds=int(clock_error(sent_at, at).total_seconds()),
        by_id=actor.user_id, device=actor.device[:80],
    )  # fmt: skip
    if insert_unless_taken(receipt):
        return receipt
    before = SiteUpload.objects.get(pk=batch)
    if before.body_digest != receipt.body_digest:
        raise EventsReused(batch=batch)
    raise AnsweredBefore(ANSWER.validate_python(before.answer))


_EVENT = (
    "id", "upload", "site", "bag", "bag_code", "kind", "at", "said_at", "tube", "to", "count", "number", "organisation",
    "reason", "table", "words",
)  # fmt: skip


def _keep(
    receipt: SiteUpload, events: Sequence[TakenEvent], error: timedelta, said: Mapping[str, UUID]
) -> tuple[set[UUID], list[str]]:
    """Write the facts, and where their tubes and bags are by them. Returns those that are new, and their tubes."""
    site_id = receipt.site_id
    known = set(SiteEvent.objects.filter(pk__in=[one.id for one in events]).values_list("pk", flat=True))
    once = {one.id: one for one in couriers_by_code(receipt.site.unit_id, events) if one.id not in known}
    told = sorted(
        ((true_time(one.at, error, receipt.received_at), one) for one in once.values()),
        key=lambda pair: (pair[0], pair[1].id),
    )
    fresh: set[UUID] = set()
    for piece in _pieces(told):
        uses = _uses(site_id, piece, said)
        rows = [
            (
                one.id, receipt.id, site_id, uses.get(one.id), one.bag or "", one.kind, moment, one.at, one.tube or "",
                one.to, one.count, one.number, one.organisation, one.reason, one.table, words_of(one),
            )
            for moment, one in piece
        ]  # fmt: skip
        fresh |= {UUID(str(pk)) for pk in insert_few(SiteEvent, _EVENT, rows, ignore_conflicts=True, returning=True)}
        _follow(site_id, sorted({one.tube for _moment, one in piece if one.tube}), set(uses.values()))
    return fresh, sorted({one.tube for one in once.values() if one.tube})


def _pieces(told: Sequence[tuple[datetime, TakenEvent]]) -> list[list[tuple[datetime, TakenEvent]]]:
    """Cut where a bag that arrived is packed anew: the one before has to be away before the next begins."""
    pieces: list[list[tuple[datetime, TakenEvent]]] = [[]]
    away: set[str] = set()
    for moment, one in told:
        if one.bag in away and one.kind in BEGINS:
            pieces.append([])
            away = set()
        pieces[-1].append((moment, one))
        if one.bag and not one.tube and one.kind in {EventKind.ARRIVED, EventKind.RECEIVED}:
            away.add(one.bag)
    return pieces


_BAG = ("id", "code", "site", "state", "holder", "laboratory", "doubts", "begun_at")


def _uses(site_id: UUID, told: Sequence[tuple[datetime, TakenEvent]], said: Mapping[str, UUID]) -> dict[UUID, UUID]:
    """Which use of its bag each event means; new ones get their row, one that began sooner its new beginning."""
    known = uses_of(site_id, {one.bag for _moment, one in told if one.bag})
    there = {use.key: use.begun_at for uses in known.values() for use in uses}
    meant: dict[UUID, UUID] = {}
    fresh: list[tuple[Any, ...]] = []
    for moment, one in told:
        if not one.bag:
            continue
        chosen = [use for use in known[one.bag] if use.key == said.get(one.bag)]
        use = chosen[0] if chosen else use_of(known[one.bag], one.kind, moment)
        if use is None:
            if not shows_a_bag(one.kind, said_by(one)):
                continue
            use = Use(new_id(), moment)
            known[one.bag].append(use)
            fresh.append((use.key, one.bag, site_id, "open", "", "", [], moment))
        use.begun_at = min(use.begun_at, moment)
        meant[one.id] = use.key
    insert_few(SiteBag, _BAG, fresh)
    moved = [
        (use.begun_at, use.key)
        for uses in known.values()
        for use in uses
        if use.begun_at != there.get(use.key, use.begun_at)
    ]
    update_rows(SiteBag, ("begun_at",), moved)
    return meant


_TUBE = ("id", "site", "code", "laboratory", "reason", "doubts")
_TUBE_FOLLOWS = (
    "sealed_at", "bagged_at", "received_at", "laboratory", "rejected_at", "reason", "slip_at", "doubts",
)  # fmt: skip


def _follow(site_id: UUID, tubes: Sequence[str], uses: Collection[UUID]) -> None:
    """Where these tubes and bags are by all their facts."""
    bags = site_bag_facts(uses)
    update_rows(SiteBag, BAG_FOLLOWS, [values_of(story_of_bag(bags[key]), BAG_FOLLOWS, [key]) for key in sorted(bags)])
    insert_few(SiteTube, _TUBE, [(new_id(), site_id, code, "", "", []) for code in tubes], ignore_conflicts=True)
    told = site_tube_facts(site_id, tubes)
    rows = []
    for code in tubes:
        story = story_of_tube(told[code])
        bag = UUID(story.bag) if story.bag else None
        rows.append((bag, *values_of(story, _TUBE_FOLLOWS, [site_id, code])))
    update_rows(SiteTube, ("bag", *_TUBE_FOLLOWS), rows, by=("site", "code"))


def settle_rejected(site: Site, tubes: Collection[str], *, actor: Actor, at: datetime) -> int:
    """Specimens without a result whose tube was rejected are invalid: the site swabs again. Returns how many."""
    rejected = SiteTube.objects.filter(site=site, code__in=list(tubes), rejected_at__isnull=False)
    reasons = dict(rejected.values_list("code", "laboratory"))
    waiting = Specimen.objects.filter(tube__in=list(reasons), stay__site=site, state=SpecimenState.PENDING)
    found = sorted(waiting.values_list("tube", flat=True))
    for tube in found:
        take_result(
            actor=actor.also_with([REPORTED], site.unit_id), at=at, site=site, tube=tube,
            result=SpecimenState.INVALID, laboratory=reasons[tube],
        )  # fmt: skip
    return len(found)


# ---- what is said about them


def _remarks(site: Site, events: Sequence[TakenEvent], fresh: Collection[UUID]) -> list[Remarked]:
    homes = homes_of({event.tube for event in events if event.tube})
    seen: set[UUID] = set()
    found = []
    for event in events:
        remark = Remark.SAME_EVENT if event.id in seen or event.id not in fresh else _remark(site, event, homes)
        seen.add(event.id)
        if remark is not None:
            found.append(Remarked(event.id, remark, event.tube or "", event.bag or ""))
    return found


def _remark(site: Site, event: TakenEvent, homes: dict[str, UUID]) -> Remark | None:
    if event.kind not in EventKind.values or event.kind in NOT_AT_SITES:
        return Remark.UNKNOWN_KIND
    if incomplete(event.kind, said_by(event)):
        return Remark.INCOMPLETE
    if not event.tube or homes.get(event.tube) == site.pk:
        return None
    return Remark.OTHER_SITE if event.tube in homes else Remark.UNKNOWN_TUBE
