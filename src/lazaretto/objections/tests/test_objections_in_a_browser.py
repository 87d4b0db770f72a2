"""Pages of objections in Chromium: no barrier in either language, theme and width."""

from datetime import timedelta

import pytest

from lazaretto.objections import commands
from lazaretto.objections.choices import State
from lazaretto.objections.models import Objection
from tests import factories
from tests.browser import READERS, Opener
from tests.factories import NOW

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize(("language", "theme", "width"), READERS)
def test_no_page_has_a_barrier(window: Opener, cast, language: str, theme: str, width: str) -> None:
    factories.headquarters()
    stay, made = factories.stay(cast.site), []
    for about in ("move", "test"):
        told = commands.raise_objection(actor=cast.medic.actor, at=NOW, stay=stay, about=about, reason="孩子才四岁")
        made.append(Objection.objects.get(pk=told.objection_id))
    given = {"actor": cast.medic.actor, "at": NOW + timedelta(hours=1), "objection": made[0]}
    commands.talk(**given, explained="可同住", said="再想想")
    commands.make_offer(**given, kind="same_place")
    commands.issue_notice(**given)
    decided = {"outcome": State.MAINTAINED, "reply": "检测可由您信任的医生做。"}
    commands.decide(actor=cast.duty_officer.actor, at=NOW, objection=made[1], **decided)
    pages = {
        "duty_officer": ["/objections", f"/objections/{made[0].number}", "/objections?state=hand"],
        "medic": [f"/objections/{one.number}" for one in made] + [f"/sites/H01/stays/{stay.number}/objection"],
    }
    for role, paths in pages.items():
        member = getattr(cast, role)
        member.user.language = language
        member.user.save()
        reader = window(language=language, theme=theme, width=width, session=member.client.session.session_key)
        for path in paths:
            reader.open(path)
            assert reader.problems() == [], (role, path)
