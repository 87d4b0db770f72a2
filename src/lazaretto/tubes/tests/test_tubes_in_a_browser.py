"""Pages of tubes in Chromium: no barrier for any reader; results are taken in by pressing, a call is noted."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from lazaretto.core import clock
from lazaretto.headcounts.models import Member
from lazaretto.screening.tests.rounds import open_one, opened, scan, send
from lazaretto.tubes import commands
from lazaretto.tubes.choices import AbsenceKind
from lazaretto.tubes.models import Absence, Bag, Positive, Recall, Trail
from lazaretto.tubes.queries.own import token_of
from lazaretto.tubes.tests.labs import recheck, report, stage
from lazaretto.tubes.tests.ways import brought, laboratory, seen, tell
from tests.browser import READERS, Opener, scanned_by_hand
from tests.cast import Cast
from tests.factories import NOW, stay

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def _ten_o_clock(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)


def story(cast):
    """A positive pool, a confirmed single, a tube with doubts, results that wait."""
    of, place = opened(cast)
    lab = laboratory(cast, rechecks=True)
    send(cast, place, scan(1), scan(2), scan(3, tube="T2"), scan(4, tube="T3"))
    brought(cast, place, "T1", "T2")
    tell(cast, place, seen("bagged", tube="T2", bag="B9"))
    report(cast, of, lab, ["T1", "阳性", "30", "31"], ["T2", "阳性"])
    recheck(cast, of, lab, ["T2", "阳性"])
    return of, lab, stage(cast, of, lab, ["T1", "阴性"], ["X9", "阳性"], ["T3", "?"], declared_negative=True)


def named_and_decided(cast, of, file):
    """Somebody excused for a second reason, and a line left out: each leads to a page of its own kind."""
    who = {"actor": cast.duty_officer.actor, "at": NOW}
    for reason in ("未到", "住院"):
        commands.name_absent(**who, test_round=of, numbers=[5], kind=AbsenceKind.EXCUSED, reason=reason)
    commands.decide_line(**who, result_file=file, number=4, take=False, reason="作废行")


def told_in_another_round(cast):
    """A phone of another round names a tube of this one: a question there, and two bags of one code."""
    following, there = open_one(cast)
    tell(cast, there, seen("bagged", tube="T1", bag="B1"))
    return following


@pytest.mark.parametrize("reader", READERS)
def test_no_page_has_a_barrier(window: Opener, cast: Cast, reader):
    language, theme, width = reader
    of, lab, file = story(cast)
    named_and_decided(cast, of, file)
    following = told_in_another_round(cast)
    opened_window = window(
        language=language, theme=theme, width=width, session=cast.duty_officer.client.session.session_key
    )
    pages = [
        ("rounds", ()), ("round", (of.pk,)), ("bags", (of.pk,)), ("closing", (of.pk,)), ("own_card", (of.pk,)),
        ("rest", (of.pk,)), ("agreed", (of.pk,)), ("questions", (of.pk,)), ("questions", (following.pk,)),
        ("tube", ("T2",)), ("bag", (of.pk, "B1")), ("bag", (of.pk, "B9")), ("laboratories", ()), ("desk", (lab.pk,)),
        ("files", ()), ("file", (file.pk,)), ("decide", (file.pk, 2)), ("decide", (file.pk, 4)),
        ("positives", ()), ("positive", (Positive.objects.get(tube="T1").pk,)),
        ("again", (of.pk,)), ("own", (token_of(of.pk, 1),)),
    ]  # fmt: skip
    for name, args in pages:
        path = reverse(f"tubes:{name}", args=args) + ("?number=3" if name == "own_card" else "")
        opened_window.open(path)
        assert opened_window.problems() == [], path


@pytest.mark.parametrize("reader", READERS)
def test_the_desk_asks_without_a_barrier(window: Opener, cast: Cast, reader):
    language, theme, width = reader
    of, lab, _file = story(cast)
    told_in_another_round(cast)
    opened_window = window(
        language=language, theme=theme, width=width, session=cast.duty_officer.client.session.session_key
    )
    for code in ("B1", "T9"):  # of two rounds; of nobody, one letter beside others
        page = opened_window.open(reverse("tubes:desk", args=[lab.pk]))
        page.locator("#code").fill(code)
        page.locator("form[action$=scan] button[type=submit]").click()
        expect(page.locator("button[name=meant]").first).to_be_visible()
        assert opened_window.problems() == [], code
    page.locator(f"button[name=meant][value^='new|{of.pk}']").click()
    expect(page.locator("button[name=meant]")).to_have_count(0)
    assert Trail.objects.get(code="T9").opened_at is None


def test_a_hand_scanner_leads_from_the_bag_to_its_count(window: Opener, cast: Cast):
    _of, place = opened(cast)
    send(cast, place, scan(1), scan(2))
    tell(cast, place, seen("bagged", tube="T1", bag="BAG-17"), seen("bag_closed", bag="BAG-17", count=1))
    lab = laboratory(cast)
    shown = window(
        language="zh-hans", theme="light", width="desk", session=cast.duty_officer.client.session.session_key
    )
    page = shown.open(reverse("tubes:desk", args=[lab.pk]))

    page.locator("#code").blur()
    scanned_by_hand(page, "BAG-17")  # wherever the focus is
    expect(page.locator("#count")).to_be_focused()
    expect(page.locator("#count")).to_have_value("")
    page.keyboard.press("Enter")  # too early: no count is typed, and the bag is still asked about
    expect(page.locator("#counting")).to_contain_text("BAG-17")
    assert Bag.objects.get().state == "closed"
    assert shown.problems() == []
    page.keyboard.type("1")
    page.keyboard.press("Enter")
    expect(page.locator("#code")).to_have_value("")
    expect(page.locator("#counting")).to_have_count(0)
    assert (Bag.objects.get().state, Bag.objects.get().counted) == ("received", 1)
    expect(page.locator("#code")).to_be_focused()
    scanned_by_hand(page, "BAG-17")  # into the field
    expect(page.locator("#count")).to_be_focused()


HEARD = """
window.heard = [];
const real = AudioContext.prototype.createOscillator;
AudioContext.prototype.createOscillator = function () {
  const one = real.call(this);
  window.heard.push([one, this]);
  return one;
};
"""


def test_what_is_wrong_at_the_desk_is_heard(window: Opener, cast: Cast):
    _of, place = opened(cast)
    send(cast, place, scan(1), scan(2))
    tell(cast, place, seen("bagged", tube="T1", bag="B1"), seen("bag_closed", bag="B1", count=1))
    lab = laboratory(cast)
    shown = window(
        language="zh-hans", theme="light", width="desk", session=cast.duty_officer.client.session.session_key
    )
    shown.context.add_init_script(HEARD)
    page = shown.open(reverse("tubes:desk", args=[lab.pk]))
    notes = "window.heard.map(([one, all]) => `${one.type} ${all.state}`)"
    page.locator("#code").fill("B1")
    page.locator("#code").press("Enter")
    expect(page.locator("#count")).to_be_focused()
    assert page.evaluate(notes) == [], "a question is no fault"
    page.locator("#count").fill("3")
    page.locator("#count").press("Enter")
    expect(page.locator("#again")).to_be_visible()
    page.wait_for_function("window.heard.length === 2")
    assert page.evaluate(notes) == ["square running"] * 2
    page.locator("#again").fill("1")
    page.locator("#again").press("Enter")
    expect(page.locator("#code")).to_be_focused()
    assert page.evaluate(notes) == []


def test_a_call_is_noted_from_the_list(window: Opener, cast: Cast):
    story(cast)
    opened_window = window(
        language="zh-hans", theme="light", width="phone", session=cast.duty_officer.client.session.session_key
    )
    page = opened_window.open(reverse("tubes:positive", args=[Positive.objects.get(tube="T1").pk]))
    page.locator("[data-dialog^=recall]").first.click()
    dialog = page.locator("dialog[open]")
    expect(dialog).to_be_visible()
    assert opened_window.problems() == []
    dialog.locator("select[name=said]").select_option("stays")
    dialog.locator("form[action$=call] button").click()
    expect(dialog.locator(".lz-note[data-tone=red]")).to_be_visible()  # whoever was reached: where are they?
    assert Recall.objects.get(number=1).reached_at is None
    assert [text for text in opened_window.problems() if "status of 422" not in text] == []
    expect(dialog.locator("select[name=said]")).to_have_value("stays")
    dialog.locator("input[name=words]").fill("在宿舍等")
    dialog.locator("form[action$=call] button").click()
    expect(page.locator("dialog[open]")).to_have_count(0)
    row = Recall.objects.get(number=1)
    assert (row.reached_at, row.calls.get().words) == (NOW, "在宿舍等")


def test_a_doubt_is_cleared_with_what_was_found(window: Opener, cast: Cast):
    story(cast)
    opened_window = window(
        language="zh-hans", theme="light", width="phone", session=cast.duty_officer.client.session.session_key
    )
    page = opened_window.open(reverse("tubes:tube", args=["T2"]))
    page.locator("#look-reason").fill("实验室有这管，袋子是空的")
    page.locator("form[action$=look] button").click()
    expect(page.locator("#look-reason")).to_have_count(0)
    expect(page.get_by_text("实验室有这管，袋子是空的")).to_be_visible()
    assert opened_window.problems() == []


@pytest.mark.parametrize("reader", READERS)
def test_somebody_is_found_and_excused_on_the_list_of_who_is_missing(window: Opener, cast: Cast, reader):
    language, theme, width = reader
    of, _place = opened(cast, building="3栋")
    Member.objects.filter(name="员工003").update(person=stay(cast.site).person)
    missing = reverse("screening:missing", args=[of.pk])
    shown = window(language=language, theme=theme, width=width, session=cast.duty_officer.client.session.session_key)
    page = shown.open(f"{missing}?q=员工002")
    page.locator("#reason").fill("住院")
    page.locator("[data-found] button[name=one]").click()
    page.wait_for_url("**/missing?q=*")
    assert Absence.objects.get().number == 2
    assert shown.problems() == [], "found and excused"
    page = shown.open(missing)
    page.locator("#reason").fill("出差")
    page.locator("input[name=number][value='4']").check()
    page.locator("button[name=kind][value=excused]").click()
    expect(page.locator("text=出差").first).to_be_attached()
    assert shown.problems() == [], "excused by name, in our care"
    shown.open(reverse("screening:round", args=[of.pk]))
    assert shown.problems() == [], "excused in the figures"
