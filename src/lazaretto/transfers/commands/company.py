"""Whether people may be signed out as they are: nobody who must not be alone is left or sent alone by a slip."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext

from lazaretto.core.access import Actor
from lazaretto.people.queries import display_name
from lazaretto.places.models import ExternalPlace, Site
from lazaretto.places.queries import receivable_categories
from lazaretto.stays.commands import report_alone
from lazaretto.stays.errors import CategoryNotReceived, GoesAlone, LeftAlone
from lazaretto.stays.models import Stay
from lazaretto.stays.queries.sharing import Behind, alone_without


def judge(
    stays: Sequence[Stay],
    destination: Site | ExternalPlace,
    site: Site,
    *,
    assessment: str,
    urgent: bool,
    rooms: Collection[UUID],
    actor: Actor,
    at: datetime,
) -> None:
    """Refuse what needs an assessment by name and has none; what is urgent goes on and is told to the site lead.

    Raises `LeftAlone`, `GoesAlone`, `CategoryNotReceived`.
    """
    judged = bool(assessment.strip())
    if isinstance(destination, Site) and not (judged or urgent):
        _received(stays, destination)
    alone = alone_without(stays, at=at, rooms=rooms)
    if alone and not (judged or urgent):
        raise _refusal(alone, site, actor)
    if alone and urgent and not judged:
        report_alone(alone, site, gettext("The others were signed out:"), actor=actor, at=at)


def _received(stays: Sequence[Stay], destination: Site) -> None:
    refused = sorted({stay.category for stay in stays} - receivable_categories(destination))
    if refused:
        raise CategoryNotReceived(category=", ".join(refused), site=destination.code)


def _refusal(alone: Sequence[Behind], site: Site, actor: Actor) -> LeftAlone:
    first = alone[0]
    same = [one for one in alone if one.room == first.room]
    names = ", ".join(display_name(actor, one.lonely.sharer.person, unit_id=site.unit_id) for one in same)
    kind = LeftAlone if first.room is not None else GoesAlone
    return kind.of(who="", others=names, room=first.room.number if first.room else "", why=first.lonely.why)
