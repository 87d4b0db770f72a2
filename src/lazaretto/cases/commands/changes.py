"""Every write about changes of status: proposed, confirmed as shown, refused, withdrawn; what follows is seen to."""

from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext

from lazaretto.accounts.models import Unit
from lazaretto.cases import rules
from lazaretto.cases.choices import (
    ChangeKind,
    ChangeState,
    ConsequenceKind,
    EvidenceKind,
    FollowUpState,
)
from lazaretto.cases.commands.fitting import fits, fits_outside, may_be_confirmed
from lazaretto.cases.commands.follow_ups import (
    MOST,
    close,
    drop_all,
    drop_open,
    due_for,
    open_follow_up,
)
from lazaretto.cases.deadlines import CONFIRM, CONFIRM_WITHIN, POSITIVE, SUSPICION_WITHIN
from lazaretto.cases.errors import (
    AlreadyProposed,
    AnotherPerson,
    ChangeDecided,
    PreviewChanged,
)
from lazaretto.cases.hooks import tell_end
from lazaretto.cases.models import Change, ChangeStep, FollowUp
from lazaretto.cases.orders_follow import orders_follow, void_positives
from lazaretto.cases.queries.arrivals import comes_back_as
from lazaretto.cases.queries.refuted import (
    asked_as_contact,
    called_off,
    confirmed_case,
    contact_proposed,
    declared_by,
    moves_as_contact,
    suspicion_about,
    suspicion_of,
)
from lazaretto.cases.queries.scene import outcome_of, settled, takes_two
from lazaretto.cases.rules import Consequence, Outcome
from lazaretto.core.access import Actor, locked, somebody
from lazaretto.core.choices import DeadlineState
from lazaretto.core.commands import command, record
from lazaretto.core.deadlines import Due, cancel, meet, raise_alarm, set_deadlines
from lazaretto.core.errors import ReasonRequired, whole
from lazaretto.core.models import Deadline
from lazaretto.core.numbers import next_number, of_year
from lazaretto.core.states import edge
from lazaretto.custody.models import Holding
from lazaretto.headcounts.commands import people_for
from lazaretto.people.models import Person
from lazaretto.places.models import Building, Floor, Site
from lazaretto.stays.choices import SpecimenState
from lazaretto.stays.models import Specimen, Stay
from lazaretto.stays.queries.going_on import decided_by

decided_by(comes_back_as)

PROPOSE, CONFIRMS = rules.PROPOSE, rules.CONFIRM
LONGEST_CODE = 19  # of a unit, in the number of a change
C, S = ChangeKind, ChangeState


@dataclass(frozen=True)
class Proposed:
    """A change waits for its confirmation. `digest` names what would follow; `follow_ups` precautions were begun."""

    change_id: UUID
    number: str
    digest: str
    follow_ups: int


@dataclass(frozen=True)
class Confirmed:
    """A change holds: so many orders changed, so much has to follow."""

    change_id: UUID
    number: str
    orders: int
    follow_ups: int


@dataclass(frozen=True)
class Decided:
    """A proposed change came to nothing."""

    change_id: UUID
    state: ChangeState


@dataclass(frozen=True)
class PositiveWatched:
    """Somebody is told that a confirmed positive waits for a change of status."""

    specimen_id: UUID


@command("cases.propose", capability=PROPOSE)
def propose(
    *,
    actor: Actor,
    at: datetime,
    site: Site,
    kind: ChangeKind,
    happened_at: datetime,
    evidence: EvidenceKind,
    words: str = "",
    stay: Stay | None = None,
    specimen: Specimen | None = None,
    building: Building | None = None,
    floor: Floor | None = None,
    first_on: date | None = None,
    last_on: date | None = None,
) -> Proposed:
    """Say what was found out, with the evidence; what would follow is computed and waits for a named person.

    Nothing changes but precautions that can be taken back: with one unconfirmed positive they stay in the room and are
    sampled again. Raises `EvidenceMissing`, `PlaceElsewhere`, `InTheFuture`, `CannotBecome`, `DaysUnfit`,
    `NotPositive`, `TooLongAgo`, `NothingSuspected`, `NotRefuted`, `StillPositive`, `NotBecauseOfIt`, `StillContact`,
    `AlreadyProposed`, `NoRulePack`, `TextTooLong`.
    """
    proposer, said = somebody(actor, PROPOSE), whole(words, MOST)
    change = Change(
        site=site, kind=kind, stay=stay, building=building, floor=floor, evidence=evidence, specimen=specimen,
        words=said or None, happened_at=happened_at, first_on=first_on, last_on=last_on, proposed_at=at,
        proposed_by_id=proposer,
    )  # fmt: skip
    fits(change, at)
    return _proposed(change, site.code, said, actor=actor, at=at, proposer=proposer)


@command("cases.propose_outside", capability=PROPOSE)
def propose_outside(
    *,
    actor: Actor,
    at: datetime,
    unit: Unit,
    person: Person,
    kind: ChangeKind,
    happened_at: datetime,
    evidence: EvidenceKind,
    words: str,
) -> Proposed:
    """The same of somebody whom a unit cares for and who stays at no site of ours: tested in a round, in a sealed
    area, at a place of others.

    Raises `StaysWithUs`, `EvidenceMissing`, `PlaceElsewhere`, `InTheFuture`, `TooLongAgo`, `CannotBecome`,
    `NothingSuspected`, `StillPositive`, `AlreadyProposed`, `NoRulePack`, `TextTooLong`.
    """
    proposer, said = somebody(actor, PROPOSE), whole(words, MOST)
    change = Change(
        unit=unit, person=person, kind=kind, evidence=evidence, words=said or None, happened_at=happened_at,
        proposed_at=at, proposed_by_id=proposer,
    )  # fmt: skip
    fits_outside(change, person, unit, at)
    return _proposed(change, unit.code[:LONGEST_CODE], said, actor=actor, at=at, proposer=proposer)


def _proposed(change: Change, code: str, said: str, *, actor: Actor, at: datetime, proposer: int) -> Proposed:
    series = of_year(f"{code}-G", at)
    change.number = f"{series}-{next_number(series):04d}"
    _keep(change)
    _step(change, S.PROPOSED, actor, at, said)
    seen = outcome_of(change, at=at)
    for one in seen.now:
        open_follow_up(change, one, proposer, at)
    within = CONFIRM_WITHIN if settled(change) else SUSPICION_WITHIN
    set_deadlines([due_for(CONFIRM.code, change, change, at + within)], at=at)
    for positive in _positives(change):
        meet(POSITIVE.code, positive, at=at, by=proposer, answer=change.number)
    _note(change, {"kind": change.kind, "evidence": change.evidence, "pack": seen.pack, "digest": seen.digest})
    return Proposed(change.id, change.number, seen.digest, len(seen.now))


@command("cases.confirm", capability=CONFIRMS)
def confirm(*, actor: Actor, at: datetime, change: Change, seen: str, words: str = "") -> Confirmed:
    """Confirm a change as it was shown: `seen` is the digest of the consequences that were read.

    Orders, release days and tests change; what people have to see to becomes follow-ups with the proposer as owner.
    A finding that turns out to be false takes two people. Raises `ChangeDecided`, `Unconfirmed`, `NotRefuted`,
    `StillPositive`, `CannotBecome`, `NotBecauseOfIt`, `StillContact`, `AnotherPerson`, `PreviewChanged`.
    """
    by = somebody(actor, CONFIRMS)
    _waiting(change)
    may_be_confirmed(change, at)
    _lock_those_near(change)
    found = outcome_of(change, at=at)
    if found.digest != seen:
        raise PreviewChanged(digest=found.digest)
    if by == change.proposed_by_id and takes_two(change, found):
        raise AnotherPerson
    found = _known_by_name(change, found, at)
    change.digest, change.outcome = seen, asdict(found)
    _decide(change, S.CONFIRMED, actor, at, whole(words, MOST))
    _lift_precautions(change, at, by)
    _take_back(change, actor, at, by)
    orders = orders_follow(change, found, actor=actor, at=at)
    acted_on = [one for one in found.then if one.acted_on]
    for one in acted_on:
        open_follow_up(change, one, _owner(change, one, by), at)
    _note(change, {"kind": change.kind, "pack": found.pack, "digest": seen, "orders": orders})
    return Confirmed(change.id, change.number, orders, len(acted_on))


@command("cases.refuse", capability=CONFIRMS)
def refuse(*, actor: Actor, at: datetime, change: Change, reason: str) -> Decided:
    """A proposed change is not confirmed, and why. Its precautions end. Raises `ReasonRequired`, `ChangeDecided`."""
    return _end(change, S.REFUSED, CONFIRMS, actor, at, reason)


@command("cases.withdraw", capability=PROPOSE)
def withdraw(*, actor: Actor, at: datetime, change: Change, reason: str) -> Decided:
    """Take a proposal back, and why. Its precautions end. Raises `ReasonRequired`, `ChangeDecided`."""
    return _end(change, S.WITHDRAWN, PROPOSE, actor, at, reason)


@command("cases.watch_positive", capability=PROPOSE, internal=True)
def watch_positive(*, actor: Actor, at: datetime, specimen: Specimen) -> PositiveWatched:
    """A confirmed positive from which nothing followed yet: the site is told."""
    unit_id, person_id = specimen.stay.site.unit_id, specimen.stay.person_id
    raise_alarm(Due(POSITIVE.code, specimen, at, unit_id=unit_id, person_id=person_id), at=at)
    record(specimen, unit_id=unit_id, person_id=person_id, data={"waits": "cases.propose"})
    return PositiveWatched(specimen.id)


def settle_positives(*, at: datetime) -> int:
    """A confirmed positive who is with others, or in our care no more, waits for no change here; returns how many."""
    waiting = Deadline.objects.filter(kind=POSITIVE.code, state=DeadlineState.OPEN)
    told = Specimen.objects.filter(pk__in=list(waiting.values_list("subject_id", flat=True)))
    ours = Holding.objects.filter(person=OuterRef("stay__person"), ended_at__isnull=True, external__isnull=True)
    with transaction.atomic():
        return sum(
            cancel(POSITIVE.code, one, at=at, answer=gettext("They are not with us any more."))
            for one in told.filter(~Exists(ours))
        )


def _positives(change: Change) -> list[Specimen]:
    """Findings that a proposal answers: its own, and of a case every confirmed one of that person."""
    found = [change.specimen] if change.specimen else []
    if change.kind == C.CASE and change.stay is not None:
        confirmed = Specimen.objects.filter(state=SpecimenState.CONFIRMED_POSITIVE, stay__person=change.stay.person_id)
        found += [one for one in confirmed if one != change.specimen]
    return found


def _keep(change: Change) -> None:
    try:
        with transaction.atomic():
            change.save(force_insert=True)
    except IntegrityError as error:
        about = Q(stay=change.stay_id, stay__isnull=False) | Q(person=change.person_id, person__isnull=False)
        waiting = Change.objects.filter(about, kind=change.kind, state=S.PROPOSED).first()
        raise (AlreadyProposed.by(waiting.number) if waiting else AlreadyProposed()) from error


def _lock_those_near(change: Change) -> None:
    """Nobody moves in or out of the site's rooms while the consequences are computed and written; outside nobody
    admits whom it is about."""
    if change.person_id is not None:
        list(locked(Person.objects.filter(pk=change.person_id)).values_list("pk", flat=True))
        return
    list(
        locked(Stay.objects.filter(site=change.site, ended_at__isnull=True)).order_by("pk").values_list("pk", flat=True)
    )


def _known_by_name(change: Change, found: Outcome, at: datetime) -> Outcome:
    """Whoever stands only on a headcount becomes a person of ours: from now on they are cared for by name."""
    members = {member for one in found.then for member in one.members}
    if not members:
        return found
    people = people_for(sorted(members), unit_id=change.scope_id, at=at)
    return replace(found, then=tuple(_with_people(one, people) for one in found.then))


def _with_people(one: Consequence, people: dict[int, UUID]) -> Consequence:
    named = dict.fromkeys((*one.people, *(str(people[member]) for member in one.members)))
    return replace(one, people=tuple(named), members=())


def _waiting(change: Change) -> None:
    if change.state != S.PROPOSED:
        raise ChangeDecided(change=change.number)


def _end(change: Change, state: ChangeState, capability: str, actor: Actor, at: datetime, reason: str) -> Decided:
    by, said = somebody(actor, capability), whole(reason, MOST)
    if not said:
        raise ReasonRequired
    _waiting(change)
    _decide(change, state, actor, at, said)
    drop_open(change, at, by, said)
    tell_end(change, at=at)
    _note(change, {"after": state}, said)
    return Decided(change.id, state)


def _decide(change: Change, state: ChangeState, actor: Actor, at: datetime, words: str) -> None:
    if edge(rules.EDGES, change.state, state) is None:
        raise ChangeDecided(change=change.number)
    change.state, change.decided_at, change.decided_by_id, change.reason = state, at, actor.user_id, words or None
    change.save(update_fields=["state", "decided_at", "decided_by", "reason", "digest", "outcome"])
    _step(change, state, actor, at, words)
    if state == S.CONFIRMED:
        meet(CONFIRM.code, change, at=at, by=actor.user_id, answer=gettext("Confirmed as shown."))
    else:  # whoever reads alarms need not read changes: the words stay with the change
        cancel(CONFIRM.code, change, at=at, by=actor.user_id, answer=str(state.label))


def _lift_precautions(change: Change, at: datetime, by: int) -> None:
    """Precautions of a suspicion end when it is confirmed, or lifted: then the proposal itself ends too. So does one
    to make a contact of whoever is a case now."""
    drop_open(change, at, by, gettext("Confirmed: what follows is below."))
    for suspicion in locked(_ended_by(change)):
        words = change.number
        suspicion.state, suspicion.decided_at, suspicion.decided_by_id = S.REFUSED, at, by
        suspicion.reason = words
        suspicion.save(update_fields=["state", "decided_at", "decided_by", "reason"])
        row = {"state": S.REFUSED, "at": at, "by_id": by, "words": words}
        ChangeStep.objects.create(change=suspicion, position=suspicion.steps.count() + 1, **row)
        cancel(CONFIRM.code, suspicion, at=at, by=by, answer=words)
        drop_open(suspicion, at, by, words)
        tell_end(suspicion, at=at)
        _note(suspicion, {"after": S.REFUSED, "lifted_by": words})


def _ended_by(change: Change) -> QuerySet[Change]:
    """Proposals about the same person that mean nothing any more."""
    if change.kind == C.CASE and change.subject_id is not None:
        return contact_proposed(change.subject_id)
    if change.kind != C.LIFTED:
        return Change.objects.none()
    if change.stay is not None:
        return suspicion_of(change.stay)
    return suspicion_about(change.person_id) if change.person_id else Change.objects.none()


def _take_back(change: Change, actor: Actor, at: datetime, by: int) -> None:
    """What rested on a case that was none falls: its positives are void, what it still asked for is called off."""
    stay = change.stay
    who = change.subject_id
    if who and change.kind == C.CASE:
        drop_all(asked_as_contact(who), at, by, change.number)
    case = confirmed_case(who) if who and change.kind == C.LIFTED else None
    if case is not None:
        if stay is not None:
            void_positives(change, stay, actor=actor, at=at)
        drop_all(called_off(case), at, by, change.number)
        change.refutes = case
        change.save(update_fields=["refutes"])
        _note(case, {"refuted_by": change.number})
    because = declared_by(stay) if stay and change.kind == C.NO_CONTACT else None
    if stay is not None and because is not None:
        drop_all(moves_as_contact(stay, because), at, by, change.number)
        _answer_decisions(change, stay, at, by)


def _answer_decisions(change: Change, stay: Stay, at: datetime, by: int) -> None:
    """Whether they go on as a contact was asked; this is the answer."""
    asked = FollowUp.objects.filter(kind=ConsequenceKind.DECIDE, person=stay.person_id, state=FollowUpState.OPEN)
    for one in asked.filter(change__kind=C.LIFTED).exclude(change__stay__person=stay.person_id):
        close(one, FollowUpState.DONE, by, at, change.number)


def _owner(change: Change, one: Consequence, confirmed_by: int) -> int:
    """Who proposed it sees to it; what concerns somebody at another site, who confirmed it for the district."""
    elsewhere = one.kind == ConsequenceKind.DECIDE and one.stay
    away = elsewhere and (change.outside or Stay.objects.filter(pk=one.stay).exclude(site=change.site).exists())
    return confirmed_by if away else change.proposed_by_id


def _step(change: Change, state: ChangeState, actor: Actor, at: datetime, words: str) -> None:
    by = somebody(actor, PROPOSE)
    place = change.steps.count() + 1
    ChangeStep.objects.create(change=change, position=place, state=state, at=at, by_id=by, words=words or None)


def _note(change: Change, data: dict[str, object], reason: str = "") -> None:
    record(change, unit_id=change.scope_id, person_id=change.subject_id, data=data, reason=reason)
