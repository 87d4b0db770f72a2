"""Makes the letter of a change of status from its rows; `ui.papers` lays it out."""

from collections.abc import Iterable
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override

from lazaretto.cases.choices import ChangeKind, ConsequenceKind, Why
from lazaretto.cases.models import Change
from lazaretto.cases.queries.outside import home_of
from lazaretto.cases.wording import category_label
from lazaretto.core.clock import local_date
from lazaretto.people.models import Person
from lazaretto.stays.models import Occupancy, Stay
from lazaretto.stays.stay_papers import document_of, site_name
from lazaretto.ui import papers
from lazaretto.ui.papers.words import day, moment


def is_correction(change: Change) -> bool:
    """Whether it says that somebody was wrongly held, so that they get it in writing."""
    rows = (change.outcome or {}).get("then", [])
    return any(row["why"] == Why.WRONGLY_HELD for row in rows)


def correction_notice(change: Change) -> papers.CorrectionNotice | None:
    """What was found false, what holds now, how to object: in the person's language as far as our papers speak it."""
    if change.stay is not None:
        return _of_a_stay(change, change.stay)
    return _outside(change, change.person) if change.person is not None else None


def _language(person: Person) -> str:
    return "zh-hans" if person.language.startswith(("zh", "yue")) else "en"


def _outside(change: Change, person: Person) -> papers.CorrectionNotice:
    """Of somebody who stayed at no site: the unit that cares for them writes, and answers."""
    language, zone, unit = _language(person), ZoneInfo(home_of(change).zone), change.place_name
    at = change.decided_at or change.proposed_at
    with override(language):
        reason, now = _wrong(change, zone, language), tuple(_now(change, at, zone, language))
    return papers.CorrectionNotice(
        language=language, number=change.number, authority=unit, legal_basis="", reason=reason, name=person.name,
        latin_name=person.romanised if person.romanised != person.name else "", document=document_of(person.pk),
        site="", issued_at=at, issued_by=str(change.decided_by or ""), objection_contact=unit,
        code=f"{settings.BASE_URL}/changes/{change.number}", zone=zone, order="", now=now,
    )  # fmt: skip


def _of_a_stay(change: Change, stay: Stay) -> papers.CorrectionNotice:
    order, language = stay.order, _language(stay.person)
    zone = ZoneInfo(stay.site.time_zone)
    with override(language):
        reason, now = _wrong(change, zone, language), tuple(_now(change, order.ends_at, zone, language))
    return papers.CorrectionNotice(
        language=language, number=change.number, authority=order.authority, legal_basis=order.legal_basis,
        reason=reason, name=stay.person.name,
        latin_name=stay.person.romanised if stay.person.romanised != stay.person.name else "",
        document=document_of(stay.person_id), site=site_name(stay.site, language), room=_room(stay),
        issued_at=change.decided_at or change.proposed_at, issued_by=str(change.decided_by or ""),
        objection_contact=stay.site.phone or order.authority, code=f"{settings.BASE_URL}/changes/{change.number}",
        zone=zone, order=order.number, now=now,
    )  # fmt: skip


def _wrong(change: Change, zone: ZoneInfo, language: str) -> str:
    on = day(local_date(change.happened_at, zone), language)
    if change.kind == ChangeKind.NO_CONTACT:
        return _("You were held for a close contact of somebody who, as a recheck showed, was no case.")
    case = change.refutes
    if case is None or case.decided_at is None:
        return _("You were held for a case. The recheck of {day} is negative: you were none.").format(day=on)
    since = day(local_date(case.decided_at, zone), language)
    said = _("You were held for a case since {since} ({number}). The recheck of {day} is negative: you were none.")
    return said.format(since=since, number=case.number, day=on)


def _now(change: Change, ends_at: datetime, zone: ZoneInfo, language: str) -> Iterable[str]:
    for row in (change.outcome or {}).get("then", []):
        if row["kind"] == ConsequenceKind.VOID:
            yield _("These results are void: {tubes}.").format(tubes=", ".join(row["tubes"]))
        elif row["kind"] == ConsequenceKind.BACK and row["why"] == Why.DAYS_OVER:
            yield _(
                "The days of your order {order} are over: you are released as soon as its last tests allow."
            ).format(order=row["order"])
        elif row["kind"] == ConsequenceKind.BACK:
            yield _("Your order {order} ({category}) holds, with every day you have served, until {end}.").format(
                order=row["order"], category=category_label(row["category"]),
                end=_end(row["ends_on"], ends_at, zone, language),
            )  # fmt: skip
        elif row["kind"] == ConsequenceKind.GOES_ON and row["why"] == Why.CASE_ONLY:
            yield _("Nothing else holds you: you go home.")
        elif row["kind"] == ConsequenceKind.GOES_ON and row["why"] == Why.ORDER_LIFTED and change.outside:
            yield _("No isolation order holds you.")
        elif row["kind"] == ConsequenceKind.GOES_ON and row["why"] == Why.ORDER_BEFORE:
            yield _("Your isolation order goes on until {end}.").format(
                end=day(date.fromisoformat(row["ends_on"]), language)
            )  # fmt: skip


def _end(ends_on: str, ends_at: datetime, zone: ZoneInfo, language: str) -> str:
    """To the minute while the order still ends on that day; the day that was decided otherwise."""
    on = date.fromisoformat(ends_on)
    return moment(ends_at, language, zone) if local_date(ends_at, zone) == on else day(on, language)


def _room(stay: Stay) -> str:
    taken = Occupancy.objects.filter(stay=stay).select_related("room").order_by("-started_at").first()
    return taken.room.number if taken else ""
