"""What programs read of stays: the same to each role as the pages, page by page."""

from decimal import Decimal

import pytest

from lazaretto.stays import commands
from lazaretto.stays.choices import BreachKind, Slot
from tests.factories import NOW

pytestmark = pytest.mark.django_db


def read(member, address):
    return member.client.get(f"/api/v1{address}")


@pytest.mark.parametrize("address", ["/stays", "/orders", "/observations", "/specimens", "/occupancies"])
def test_each_role_reads_its_own_site_and_no_other(cast, admit, address):
    stay = admit()
    commands.observe(
        actor=cast.medic.actor, at=NOW, stay=stay, day=NOW.date(), slot=Slot.MORNING, temperature=Decimal("36.6")
    )
    commands.collect_specimen(actor=cast.medic.actor, at=NOW, stay=stay, tube="T1")
    assert len(read(cast.medic, address).json()["items"]) == 1
    assert read(cast.outsider, address).json()["items"] == []
    assert read(cast.hotel_staff, address).status_code == 403


def test_health_is_not_for_the_desk(cast, admit):
    admit()
    assert read(cast.clerk, "/observations").status_code == 403
    assert read(cast.clerk, "/stays").status_code == 200


def test_names_are_masked_for_the_auditor(cast, admit):
    admit(name="陈静")
    assert read(cast.auditor, "/stays").json()["items"][0]["name"] == "陈*"
    assert read(cast.clerk, "/stays").json()["items"][0]["name"] == "陈静"


def test_stays_come_page_by_page_and_filtered(cast, admit):
    numbers = [admit(number, name=number).number for number in ("0301", "0302", "0303")]
    first = read(cast.clerk, "/stays?limit=2&site=H01&open=true").json()
    second = read(cast.clerk, f"/stays?limit=2&site=H01&open=true&cursor={first['next']}").json()
    assert {item["number"] for item in first["items"] + second["items"]} == set(numbers)
    assert second["next"] is None
    assert read(cast.clerk, "/stays?open=false").json()["items"] == []
    assert read(cast.clerk, "/stays?site=H02").status_code == 404


def test_a_page_costs_the_same_at_any_size(cast, admit, django_assert_max_num_queries):
    for number in ("0301", "0302", "0303", "0304"):
        admit(number, name=number)
    for address in ("/stays", "/orders", "/occupancies"):
        with django_assert_max_num_queries(9):
            read(cast.clerk, address)


def test_one_stay_by_number_with_its_room(cast, admit):
    stay = admit("0302", name="陈静")
    told = read(cast.clerk, f"/stays/{stay.number}").json()
    assert (told["room"], told["name"], told["site"]) == ("0302", "陈静", "H01")
    assert read(cast.outsider, f"/stays/{stay.number}").status_code == 404


def test_the_exit_register_is_read_by_who_may(cast, admit):
    admit("0302", name="陈静")
    told = read(cast.security, "/sites/H01/exit-register").json()
    assert (told["count"], told["floors"][0]["rooms"][0]["number"]) == (1, "0302")
    assert read(cast.hotel_staff, "/sites/H01/exit-register").status_code == 403


def test_breaches_are_read_by_those_who_keep_the_register(cast):
    commands.report_breach(
        actor=cast.security.actor, at=NOW, site=cast.site, kind=BreachKind.OTHER, description="车辆未登记"
    )
    assert read(cast.security, "/breaches?open=true").json()["items"][0]["kind"] == "other"
    assert read(cast.outsider, "/breaches").json()["items"] == []
