"""Pages of changes of status in Chromium: no barrier in either language, theme and width."""

import pytest

from lazaretto.cases import commands
from lazaretto.cases.models import Change, FollowUp
from lazaretto.screening.tests.rounds import enterprise, member
from tests import factories
from tests.browser import READERS, Opener
from tests.factories import NOW

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize(("language", "theme", "width"), READERS)
def test_no_page_has_a_barrier(
    window: Opener, cast, admit, swab, propose, confirm, language: str, theme: str, width: str
) -> None:
    suspected, contact = admit("0301"), admit("0302", name="李娜")
    waiting = propose(suspected, specimen=swab(suspected))
    done = propose(contact, "contact", words="11月20日与确诊同乘一部电梯", evidence="exposure")
    confirm(done)
    outside, move = _outside(cast, confirm)
    pages = {
        "duty_officer": [
            "/changes", "/changes?state=to_do", f"/changes/{waiting.number}", f"/changes/{done.number}",
            f"/changes/{outside.number}",
            f"/transfer-orders/new?from=place:{move.from_place_id}&category=case&people={outside.person_id}",
        ],
        "site_lead": [
            f"/people/{outside.person_id}", f"/people/{outside.person_id}/change",
            "/changes?state=all", f"/changes/{done.number}", f"/sites/H01/stays/{contact.number}/change",
            "/sites/H01/changes/event",
        ],
    }  # fmt: skip
    for role, paths in pages.items():
        member = getattr(cast, role)
        member.user.language = language
        member.user.save()
        reader = window(language=language, theme=theme, width=width, session=member.client.session.session_key)
        for path in paths:
            reader.open(path)
            assert reader.problems() == [], (role, path)


def _outside(cast, confirm) -> tuple[Change, FollowUp]:
    """A worker who sleeps in a dormitory with another, confirmed as a case."""
    person = factories.person("林工", at_site=cast.site)
    works = enterprise(cast.site.unit, "正德医疗器械有限公司")
    member(works, 1, person=person, building="A栋", room="238")
    member(works, 2, building="A栋", room="238")
    made = commands.propose_outside(
        actor=cast.medic.actor, at=NOW, unit=cast.site.unit, person=person, kind="case", happened_at=NOW,
        evidence="report", words="M0001：区疾控复核阳性",
    )  # fmt: skip
    change = Change.objects.get(pk=made.change_id)
    confirm(change)
    return change, FollowUp.objects.get(kind="move", person=person)
