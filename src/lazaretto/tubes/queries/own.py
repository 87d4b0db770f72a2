"""The link to somebody's own result: round and number with a proof, so nothing is stored and nobody is guessed."""

import base64
import hmac
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import reduce
from operator import or_
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Q

from lazaretto.accounts.queries import dispatch_phone
from lazaretto.core import clock
from lazaretto.core.secrets import keyed_hash
from lazaretto.people.masking import mask
from lazaretto.places.queries import home_of
from lazaretto.protocols.queries import effective
from lazaretto.protocols.rules import NoPackAdopted
from lazaretto.screening.choices import RoundState
from lazaretto.screening.models import RosterEntry, Round
from lazaretto.screening.queries.corrections import recognised
from lazaretto.tubes.choices import RecallState, Standing
from lazaretto.tubes.models import Recall, Trail
from lazaretto.tubes.numbers import number as usual
from lazaretto.tubes.queries.inside import CLEAR, Swab, swabs_of

PROOF = 20  # hex digits: 80 bits
STAYS = (RecallState.OPEN, RecallState.RETESTED, RecallState.POSITIVE, RecallState.CONFIRMED)


def token_of(round_id: UUID, number: int) -> str:
    """The end of a link."""
    body = base64.urlsafe_b64encode(round_id.bytes).decode().rstrip("=")
    return f"{body}.{number}.{_proof(round_id, number)}"


def read_token(token: str) -> tuple[UUID, int] | None:
    """Round and number, or None when this installation did not make it."""
    try:
        body, number, proof = token.split(".")
        round_id = UUID(bytes=base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
        told = (round_id, int(number))
    except ValueError:
        return None
    return told if hmac.compare_digest(proof.encode(), _proof(*told).encode()) else None


def _proof(round_id: UUID, number: int) -> str:
    return keyed_hash(f"{round_id}|{number}", "own-result")[:PROOF]


@dataclass(frozen=True)
class OwnResult:
    """What somebody is told. `said` is one word of: none, waiting, negative, again, stay, confirmed, ended.

    `reason`: why a recall ended before the recheck, as whoever decided it wrote.
    """

    round_name: str
    said: str
    tube_end: str = ""
    tested_at: datetime | None = None
    answered_at: datetime | None = None
    reason: str = ""
    name: str = ""  # masked
    negative: int = 0  # of `rounds` of the unit, the last ones up to this
    rounds: int = 1
    unit: UUID | None = None  # whose round it is
    call: str = ""  # whom to telephone, where somebody has to stay or is positive

    def passes_until(self, hours: int) -> datetime | None:
        """Until when it opens a gate: so long after the swab, and only a negative result."""
        return self.tested_at + timedelta(hours=hours) if self.said == "negative" and self.tested_at and hours else None


def pass_of(round_id: UUID, number: int, *, rounds: int) -> OwnResult | None:
    """The same as a pass shows it: with the masked name, and in how many of the last rounds they were negative.

    Whoever is called back or positive in a later round of the unit is told that: an older link opens no gate then. Six
    queries, and three at most for each of the other rounds. Somebody without a document is known in this round only.
    """
    of = Round.objects.filter(pk=round_id).select_related("unit").first()
    if of is None:
        return None
    entry = RosterEntry.objects.filter(round=round_id, number=number).select_related("member").first()
    name = mask(entry.member.name) if entry is not None else ""
    known = entry is not None and bool(entry.document_digest)
    found = (_called_later(of, entry) if known and entry else None) or _in(of, number)
    call = dispatch_phone(of.unit_id) if found.said in {"stay", "again", "confirmed"} else ""
    others = _before(of, rounds) if known else []
    negative = _negatives(others, entry) if known and entry else 0
    negative += found.said == "negative"
    return replace(found, name=name, call=call, unit=of.unit_id, rounds=len(others) + 1, negative=negative)


def pass_hours(unit_id: UUID, *, at: datetime) -> int:
    """For how many hours after the swab the rules in force there today let a negative result open a gate; 0: for none.

    Two queries. Where no pack is in force, or it says nothing, the number of `numbers.toml` holds.
    """
    home = home_of(unit_id)
    try:
        rule = effective(home.jurisdiction, clock.local_date(at, ZoneInfo(home.zone))).passes
    except NoPackAdopted:
        rule = None
    return rule.hours if rule is not None else usual("pass.hours")


def _called_later(of: Round, entry: RosterEntry) -> OwnResult | None:
    """What the last later round says of the same document, if they are called back or positive there."""
    later = Round.objects.filter(unit=of.unit_id, opens_at__gt=of.opens_at).exclude(state=RoundState.DRAFT)
    rows = RosterEntry.objects.filter(round__in=later, document_digest=entry.document_digest)
    mine = [Q(round=pk, number=number) for pk, number in rows.values_list("round_id", "number")]
    if not mine:
        return None
    open_ones = Recall.objects.filter(reduce(or_, mine), state__in=STAYS).select_related("round")
    recall = open_ones.order_by("-raised_at").first()
    return _in(recall.round, recall.number) if recall is not None else None


def _before(of: Round, rounds: int) -> list[Round]:
    rows = Round.objects.filter(
        unit=of.unit_id, state__in=[RoundState.OPEN, RoundState.CLOSED], opens_at__lt=of.opens_at
    )
    return list(rows.order_by("-opens_at", "-id")[: rounds - 1])


def _negatives(rounds: list[Round], entry: RosterEntry) -> int:
    """In how many of these the same document is negative, by the rule of a result."""
    rows = RosterEntry.objects.filter(round__in=rounds, document_digest=entry.document_digest) if rounds else ()
    numbers = {row.round_id: row.number for row in rows}
    return sum(_in(of, numbers[of.pk]).said == "negative" for of in rounds if of.pk in numbers)


def own_result(round_id: UUID, number: int) -> OwnResult | None:
    """In four queries at most. What the last of their tubes says; whoever is called back is told to stay."""
    of = Round.objects.filter(pk=round_id).first()
    return _in(of, number) if of is not None else None


def _in(of: Round, number: int) -> OwnResult:
    """What is known of somebody in a round, the gravest first: a call, then a positive tube that they are in, by
    whichever scan. Three queries."""
    if number > of.entries:  # a stranger: perhaps somebody has said who they are
        number = recognised(of.pk, [number]).get(number, number)
    recalls = list(Recall.objects.filter(round=of, number=number).order_by("-raised_at"))
    swabs = [*_singly(recalls), *swabs_of(of.pk, [number]).get(number, [])]
    trails = {row.code: row for row in Trail.objects.filter(pk__in=[one.tube for one in swabs])} if swabs else {}
    recall = min(recalls, key=_weight, default=None)
    if recall is not None and _weight(recall) < len(_GRAVEST):
        said, swab = _of_recall(recall), _swab_of(recall, swabs)
    else:
        said, swab = _of_tubes(recalls, swabs, trails)
    trail = trails.get(swab.tube) if swab else None
    answered = trail.answered_at if trail and said not in {"none", "waiting", "ended"} else None
    reason = recall.words if recall is not None and said == "ended" else ""
    return OwnResult(of.name, said, swab.tube[-4:] if swab else "", swab.taken_at if swab else None, answered, reason)


_GRAVEST = (RecallState.CONFIRMED, RecallState.POSITIVE, RecallState.RETESTED, RecallState.OPEN)


def _weight(recall: Recall) -> int:
    """How much a call says beside other calls of the same person; from `len(_GRAVEST)` on their tubes say it."""
    if recall.overridden:
        return len(_GRAVEST) - 1
    return _GRAVEST.index(recall.state) if recall.state in _GRAVEST else len(_GRAVEST)


def _of_recall(recall: Recall) -> str:
    """Ended by decision without a swab of their own: nobody is told that they are negative."""
    if recall.overridden:
        return "ended"
    if recall.state == RecallState.CONFIRMED:
        return "confirmed"
    return "stay" if recall.positive_id else "again"


def _singly(recalls: Iterable[Recall]) -> list[Swab]:
    """Their own tubes after a call, the last first."""
    found = [(one.retested_at or one.raised_at, one.retest_tube) for one in recalls if one.retest_tube]
    return [Swab(tube, at, counts=True) for at, tube in sorted(found, reverse=True)]


def _swab_of(recall: Recall, swabs: Sequence[Swab]) -> Swab | None:
    code = recall.retest_tube or recall.tube
    return next((one for one in swabs if one.tube == code), None)


def _of_tubes(recalls: Sequence[Recall], swabs: Sequence[Swab], trails: Mapping[str, Trail]) -> tuple[str, Swab | None]:
    """Nobody waits for them: their own tube, else any positive one, else the one whose scan counts. A tube that gave
    no result is answered by another negative one."""
    own = {one.retest_tube for one in recalls if one.state == RecallState.CLEARED}
    standing = {one.tube: trails[one.tube].standing if one.tube in trails else "" for one in swabs}
    single = next((one for one in swabs if one.tube in own and standing[one.tube] in CLEAR), None)
    if single is not None:
        return "negative", single
    called = {one.tube for one in recalls}
    positive = next((one for one in swabs if standing[one.tube] in POSITIVE and one.tube not in called), None)
    if positive is not None:
        return "stay", positive  # their call is written in a moment
    first = next((one for one in swabs if one.counts or one.tube in called), None)
    if first is None or any(one.state == RecallState.CLOSED for one in recalls):
        return "waiting" if first else "none", first
    if standing[first.tube] == Standing.INVALID or _rejected(trails.get(first.tube)):
        first = next((one for one in swabs if standing[one.tube] in CLEAR), first)
    return "negative" if standing[first.tube] in CLEAR else "waiting", first


POSITIVE = (Standing.PRELIMINARY, Standing.CONFIRMED)


def _rejected(trail: Trail | None) -> bool:
    return trail is not None and trail.rejected_at is not None and not trail.standing
