"""The pages in Chromium: axe, console and width have nothing against them; the keyboard decides a pair."""

from datetime import date

import pytest

from lazaretto.people import commands
from lazaretto.people.choices import DocumentKind, NeedKind
from lazaretto.people.commands import GivenDocument, GivenNeed, NewPerson
from lazaretto.people.models import Person
from tests.factories import NOW

PATIENCE = 30_000  # milliseconds; a page that is slow on a busy machine is not a broken one
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def register(cast, name, **fields):
    made = commands.register_person(
        actor=cast.duty_officer.actor, at=NOW, unit=cast.site.unit, person=NewPerson(name=name, **fields)
    )
    return made.person_id


@pytest.fixture
def pair(cast):
    card = GivenDocument(DocumentKind.ID_CARD, "11010519491231002X")
    needs = (GivenNeed(NeedKind.MEDICATION, "华法林"), GivenNeed(NeedKind.CANNOT_WALK))
    first = register(cast, "曾小明", documents=(card,), phones=("13800001234",), needs=needs, address="建设路1号")
    second = register(cast, "ZENG Xiaoming", birth_date=date(1949, 12, 31))
    commands.compare_new(NOW)  # what the duty does a moment later
    return first, second


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize(("theme", "width"), [("light", "desk"), ("dark", "phone")])
def test_every_page_is_accessible_and_fits(cast, pair, window, language, theme, width):
    first, second = pair
    session = cast.site_lead.client.cookies["sessionid"].value
    seen = window(language=language, theme=theme, width=width, session=session)
    seen.context.set_default_timeout(PATIENCE)
    found = {}
    for path in (
        "/people/", "/people/?q=nobody", "/people/new/", "/people/duplicates/", f"/people/{first}/",
        f"/people/{first}/needs/", f"/people/{first}/party/?q=z", f"/people/compare/{first}/{second}/",
    ):  # fmt: skip
        seen.open(path)
        found[path] = seen.problems()
    assert not any(found.values()), found


def opened(window, member, path):
    seen = window(session=member.client.cookies["sessionid"].value, language="en")
    seen.context.set_default_timeout(PATIENCE)
    return seen.open(path)


def test_a_pair_is_merged_and_put_back_by_keyboard_alone(cast, pair, window):
    first, second = pair
    page = opened(window, cast.site_lead, "/people/duplicates/")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/people/compare/{first}/{second}/")
    page.keyboard.press("m")
    page.wait_for_url("**/people/duplicates/")
    assert Person.objects.get(pk=second).merged_into_id == first
    page.get_by_role("button", name="Undo").click()
    page.get_by_role("link", name="曾小明").wait_for()
    page.get_by_text("The merge is undone: two records again.").wait_for()
    assert Person.objects.get(pk=second).merged_into_id is None


def test_a_hidden_number_is_shown_in_its_place(cast, pair, window):
    page = opened(window, cast.medic, f"/people/{pair[0]}/")
    page.get_by_role("button", name="002X").click()
    page.get_by_text("11010519491231002X").wait_for()
    assert page.url.endswith(f"/people/{pair[0]}/")
