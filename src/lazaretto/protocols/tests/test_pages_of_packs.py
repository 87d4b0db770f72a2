"""The pages: list, one pack, comparison, putting into force with a preview, ending."""

from datetime import date
from urllib.parse import quote

import pytest
from django.urls import reverse

from lazaretto.protocols import queries
from lazaretto.protocols.models import PackAdoption
from tests.factories import NOW

pytestmark = pytest.mark.django_db
FORM = {"pack": "cn-plan-9", "jurisdiction": "CN-44-01", "starts_on": "2026-11-25", "transition": "", "reason": "通告"}
READERS = ["administrator", "approver", "duty_officer", "site_lead", "clerk", "medic", "auditor", "outsider"]


@pytest.fixture
def plan_8(cast):
    return PackAdoption.objects.create(
        pack="cn-plan-8",
        jurisdiction="CN-44-01",
        starts_on=date(2021, 1, 1),
        reason="通告第1号",
        approved_by=cast.approver.user,
        created_at=NOW,
    )


@pytest.fixture
def two_stays_would_change():
    kept = list(queries._count_stays)
    affected = queries.StaysAffected(running=7, shorter=2, longer=0, at_once=1)
    queries.count_stays_with(lambda _before, _after, _on: affected)
    yield
    queries._count_stays[:] = kept


def text(response):
    return response.content.decode()


@pytest.mark.parametrize("name", READERS)
def test_whoever_works_by_the_rules_may_read_them(cast, plan_8, name):
    client = getattr(cast, name).client
    for url in (reverse("protocols:packs"), "/protocols/packs/cn-plan-8/", "/protocols/compare/"):
        assert client.get(url).status_code == 200


@pytest.mark.parametrize("name", ["security", "hotel_staff"])
def test_others_may_not(cast, name):
    assert getattr(cast, name).client.get(reverse("protocols:packs")).status_code == 403


@pytest.mark.parametrize("name", ["duty_officer", "site_lead", "clerk", "medic", "auditor", "outsider"])
def test_readers_may_not_decide(cast, plan_8, name):
    client = getattr(cast, name).client
    assert client.get(reverse("protocols:adopt")).status_code == 403
    assert client.post(reverse("protocols:adopt"), {**FORM, "step": "decide"}).status_code == 403
    assert client.post(reverse("protocols:end", args=[plan_8.pk]), {}).status_code == 403
    assert reverse("protocols:adopt") not in text(client.get(reverse("protocols:packs")))


def test_the_list_has_a_fixed_number_of_queries(cast, plan_8, django_assert_max_num_queries):
    for month in range(2, 8):
        PackAdoption.objects.create(
            pack="cn-plan-7",
            jurisdiction=f"CN-44-0{month}",
            starts_on=date(2026, month, 1),
            reason="r",
            approved_by=cast.approver.user,
            created_at=NOW,
        )
    with django_assert_max_num_queries(9):
        cast.approver.client.get(reverse("protocols:packs"))


def test_the_list_says_which_adoption_governs(cast, plan_8):
    PackAdoption.objects.create(
        pack="cn-plan-7", jurisdiction="CN-44-01", starts_on=date(2020, 1, 1), reason="r", created_at=NOW
    )
    states = [line.state for line in cast.approver.client.get(reverse("protocols:packs")).context["adoptions"]]

    assert states == ["governs", "superseded"]


def test_an_unknown_pack_is_not_found(cast):
    assert cast.approver.client.get("/protocols/packs/cn-plan-99/").status_code == 404
    assert cast.approver.client.get("/protocols/compare/?left=cn-plan-99&right=cn-plan-8").status_code == 404


def test_two_packs_side_by_side_mark_what_differs(cast):
    url = f"/protocols/compare/?left=cn-plan-8&right={quote('cn-plan-8+local-14-14')}"
    sections = {section.title: section for section in cast.approver.client.get(url).context["sections"]}
    inbound = next(section for section in sections.values() if section.differences)

    assert [section.differences for section in sections.values() if section.differences] == [inbound.differences]
    assert inbound.differences == 3  # stay, test days, release
    assert inbound.rows[0].left != inbound.rows[0].right


def test_a_preview_writes_nothing_and_shows_what_would_change(cast, plan_8, two_stays_would_change):
    answer = cast.approver.client.post(reverse("protocols:adopt"), {**FORM, "step": "preview"})
    preview = answer.context["preview"]

    assert (preview.before, preview.after) == ("cn-plan-8", "cn-plan-9")
    assert (preview.stays.running, preview.stays.shorter, preview.stays.at_once) == (7, 2, 1)
    assert PackAdoption.objects.count() == 1


def test_after_the_preview_the_pack_is_put_into_force(cast, plan_8):
    answer = cast.approver.client.post(reverse("protocols:adopt"), {**FORM, "step": "decide"})

    assert answer.url == reverse("protocols:packs")
    assert queries.effective("CN-44-01-05", date(2026, 11, 25)).code == "cn-plan-9"
    assert PackAdoption.objects.get(pack="cn-plan-9").approved_by == cast.approver.user


def test_what_is_refused_is_said_at_the_form(cast, plan_8):
    answer = cast.approver.client.post(reverse("protocols:adopt"), {**FORM, "pack": "cn-plan-8", "step": "decide"})

    assert answer.status_code == 422
    assert answer.context["form"].non_field_errors()
    assert PackAdoption.objects.count() == 1


def test_an_adoption_is_ended_with_a_preview_of_what_is_left(cast, plan_8):
    url = reverse("protocols:end", args=[plan_8.pk])
    answer = cast.approver.client.post(url, {"ends_on": "2026-12-01", "reason": "通告", "step": "preview"})
    assert (answer.context["preview"].before, answer.context["preview"].after) == ("cn-plan-8", "")

    cast.approver.client.post(url, {"ends_on": "2026-12-01", "reason": "通告", "step": "decide"})
    plan_8.refresh_from_db()
    assert plan_8.ends_on == date(2026, 12, 1)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_no_code_is_shown_where_a_word_belongs(cast, plan_8, language):
    cast.approver.client.cookies["django_language"] = language
    page = text(cast.approver.client.get("/protocols/packs/who-contacts/"))

    for code in ("home_isolation<", "last_exposure", "later_negative", "exposure_refuted", "unchecked"):
        assert code not in page


def test_the_days_of_a_stay_are_shown_with_its_tests(cast):
    sections = cast.clerk.client.get("/protocols/packs/cn-plan-9/").context["sections"]
    days = next(section for section in sections if section.key == "close_contact").days

    assert [day.number for day in days if day.test] == [1, 2, 3, 5, 7, 10]
    assert [day.setting for day in days] == ["central"] * 7 + ["home_monitoring"] * 3


def test_a_pack_says_when_everybody_is_tested_again_and_two_are_compared_by_it(cast):
    page = text(cast.clerk.client.get("/protocols/packs/cn-measures-20/"))
    assert "每天一轮，直到连续 3 轮无阳性，间隔 3 天再测 1 轮" in page
    assert "新冠肺炎疫情防控核酸检测实施办法" in page
    assert "全员核酸：下一轮何时开展" not in text(cast.clerk.client.get("/protocols/packs/cn-plan-8/"))
    compared = text(cast.clerk.client.get("/protocols/compare/?left=cn-plan-9&right=cn-measures-20&only=1"))
    assert "疫情所在区" in compared
