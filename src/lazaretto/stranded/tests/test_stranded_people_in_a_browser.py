"""Pages of stranded people in Chromium: no barrier, no page wider than a phone; a guard registers with one hand."""

import pytest

from lazaretto.people.commands import GivenNeed
from lazaretto.places.choices import ExternalKind
from lazaretto.places.models import ExternalPlace
from lazaretto.stranded import commands
from lazaretto.stranded.commands import FoundPerson
from lazaretto.stranded.models import Group
from lazaretto.stranded.tests.stories import adopt, find
from tests import factories
from tests.browser import READERS, Opener
from tests.factories import NOW

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize(("language", "theme", "width"), READERS)
def test_no_page_has_a_barrier(window: Opener, cast, language: str, theme: str, width: str) -> None:
    adopt()
    factories.headquarters()
    ExternalPlace.objects.create(kind=ExternalKind.LODGING, name="园区职工之家", abilities=["accessible"])
    family = (FoundPerson(name="程雨", age=33, needs=(GivenNeed("pregnant"),)), FoundPerson(known_as="男孩", age=6))
    group = find(cast.security, *family, unit=cast.site.unit, family=True, words="母子，背黑包")
    home = find(cast.clerk, FoundPerson(name="林小禾", age=4), unit=cast.site.unit, why="household", where="3栋501")
    given = {"actor": cast.clerk.actor, "at": NOW}
    commands.name_carer(**given, group=home, kind="neighbour", carer="何姐")
    commands.give(**given, group=group, kind="meal")
    lost = find(cast.clerk, unit=cast.site.unit)
    commands.report_missing(**given, group=lost, last_seen_by="保安")
    one = group.people.first()
    pages = {
        "clerk": [
            "/stranded", "/stranded/new", *(f"/stranded/{row.number}" for row in (group, home, lost)),
            f"/stranded/{group.number}/admit/H01", f"/stranded/{group.number}/people/{one.pk}",
        ],
        "security": ["/stranded?state=ended", f"/stranded/{group.number}"],
    }  # fmt: skip
    for role, paths in pages.items():
        member = getattr(cast, role)
        member.user.language = language
        member.user.save()
        reader = window(language=language, theme=theme, width=width, session=member.client.session.session_key)
        for path in paths:
            page = reader.open(path)
            page.evaluate("document.querySelectorAll('main details').forEach(one => { one.open = true })")
            assert reader.problems() == [], (role, path)


def test_a_guard_registers_a_family_on_a_phone_and_is_asked_who_it_is(window: Opener, cast) -> None:
    factories.headquarters()
    find(cast.clerk, FoundPerson(name="程雨", phone="13800138000"), unit=cast.site.unit)
    cast.security.user.language = "en"
    cast.security.user.save()
    session = cast.security.client.session.session_key
    reader = window(language="en", theme="dark", width="phone", session=session)
    page = reader.open("/stranded/new")
    page.fill("#id_where", "gate 3")
    page.fill("#id_people-0-known_as", "woman, red coat")
    page.get_by_role("button", name="One more person").click()
    page.fill("#id_people-1-known_as", "boy with her")
    page.fill("#id_people-1-age", "6")
    page.locator("main details > summary").first.click()
    page.fill("#id_people-0-name", "程雨")
    page.fill("#id_people-0-phone", "13800138000")
    page.get_by_role("button", name="Take them into our care").click()
    page.get_by_text("somebody else").wait_for()
    assert Group.objects.count() == 1
    assert reader.problems() == []

    page.get_by_label("somebody else").check()
    page.get_by_role("button", name="Take them into our care").click()
    page.get_by_role("heading", name="Who they are").wait_for()
    page.get_by_role("button", name="Everybody has eaten").click()
    page.get_by_text("Written down for all of them.").wait_for()
    group = Group.objects.latest("id")
    assert (group.people.count(), group.given.count()) == (2, 1)
