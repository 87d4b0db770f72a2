"""Makes the letters of an objection from its rows; `ui.papers` lays them out."""

from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import override

from lazaretto.objections.choices import About, State
from lazaretto.objections.models import Objection, ObservationNotice
from lazaretto.protocols.choices import Category
from lazaretto.stays.models import Occupancy, Stay
from lazaretto.stays.stay_papers import document_of, site_name
from lazaretto.ui import papers


def printed_in(language: str) -> str:
    """The language of a paper as far as our papers speak it: Chinese for Chinese, English for everybody else."""
    return "zh-hans" if language.startswith(("zh", "yue")) else "en"


def notice_paper(notice: ObservationNotice) -> papers.ObservationNotice:
    """The medical observation notice (医学观察告知书)."""
    stay, language = notice.objection.stay, printed_in(notice.language)
    with override(language):
        category = str(Category(stay.category).label)
    return papers.ObservationNotice(
        language=language, number=notice.number, authority=stay.order.authority, legal_basis=stay.order.legal_basis,
        reason=stay.order.reason, name=stay.person.name, latin_name=_latin(stay), document=document_of(stay.person_id),
        site=site_name(stay.site, language), room=_room(stay), issued_at=notice.issued_at,
        issued_by=str(notice.issued_by), objection_contact=stay.site.phone or stay.order.authority,
        code=f"{settings.BASE_URL}/objections/{notice.objection.number}", zone=ZoneInfo(stay.site.time_zone),
        category=category, ends_at=stay.order.ends_at,
    )  # fmt: skip


def reply_paper(objection: Objection) -> papers.ObjectionReply:
    """The written reply, in the person's language."""
    stay, language = objection.stay, printed_in(objection.language)
    with override(language):
        about, outcome = str(About(objection.about).label), str(State(objection.state).label)
    return papers.ObjectionReply(
        language=language, number=objection.number, authority=stay.order.authority,
        legal_basis=stay.order.legal_basis, reason=objection.reason, name=stay.person.name, latin_name=_latin(stay),
        document=document_of(stay.person_id), site=site_name(stay.site, language), room=_room(stay),
        issued_at=objection.closed_at or objection.raised_at, issued_by=str(objection.closed_by or ""),
        objection_contact=stay.site.phone or stay.order.authority,
        code=f"{settings.BASE_URL}/objections/{objection.number}", zone=ZoneInfo(stay.site.time_zone), about=about,
        outcome=outcome, raised_at=objection.raised_at, reply=objection.reply or "",
    )  # fmt: skip


def _latin(stay: Stay) -> str:
    return stay.person.romanised if stay.person.romanised != stay.person.name else ""


def _room(stay: Stay) -> str:
    taken = Occupancy.objects.filter(stay=stay).select_related("room").order_by("-started_at").first()
    return taken.room.number if taken else ""
