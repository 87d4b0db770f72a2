"""The exit register: complete, current, printable, and on disk when the server is not there."""

import json
from datetime import date, timedelta
from io import BytesIO

import pytest
from django.urls import reverse
from pypdf import PdfReader

from lazaretto.core import clock
from lazaretto.people.models import Need
from lazaretto.places.models import Site
from lazaretto.stays import commands, duties, exit_copies
from lazaretto.stays.queries.register import exit_register
from lazaretto.ui import papers
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _place_and_time(monkeypatch, settings, tmp_path):
    settings.DATA_DIR = tmp_path
    monkeypatch.setattr(clock, "now", lambda: NOW)


@pytest.fixture
def household(admit):
    """Two in one room, one of whom cannot walk, and one upstairs."""
    mother = admit("0301", name="陈静")
    child = admit("0301", name="陈小明", born=date(2018, 6, 1), party_id=mother.person_id)
    Need.objects.create(person=mother.person, kind="cannot_walk", started_at=NOW)
    Need.objects.create(person=child.person, kind="diet", started_at=NOW)
    admit("0402", name="李娜")


def test_everybody_is_in_it_floor_by_floor_with_the_needs_that_matter_in_a_fire(
    cast, household, django_assert_num_queries
):
    with django_assert_num_queries(4):
        found = exit_register(cast.site, at=NOW)
    assert (found.count, found.room_count) == (3, 2)
    assert [(floor.floor, floor.count, floor.empty_rooms) for floor in found.floors] == [("4F", 1, 3), ("3F", 2, 3)]
    assert [(person.name, person.needs) for _floor, _room, person in found.helped] == [("陈静", ("cannot_walk",))]


@pytest.fixture
def waiting(cast):
    """Signed in, in the lobby, no room yet; cannot walk."""
    person = factories.person("周敏", at_site=cast.site)
    factories.held(person, cast.site, since=NOW)
    Need.objects.create(person=person, kind="cannot_walk", started_at=NOW)
    return person


def test_who_is_here_without_a_room_is_in_it_everywhere(cast, household, waiting, tmp_path, django_assert_num_queries):
    with django_assert_num_queries(4):
        found = exit_register(cast.site, at=NOW)
    assert (found.count, found.room_count) == (4, 2)
    assert [person.name for person in found.without_room] == ["周敏"]
    assert [person.name for _floor, _room, person in found.helped] == ["周敏", "陈静"]

    page = cast.security.client.get(reverse("stays:register", args=["H01"])).content.decode()
    assert page.count("周敏") == 2
    paper = cast.clerk.client.get(reverse("stays:register_paper", args=["H01"]))
    text = "".join(one.extract_text() for one in PdfReader(BytesIO(paper.content)).pages)
    assert text.count("周敏") == 2
    duties.exit_registers(NOW)
    folder = tmp_path / exit_copies.FOLDER
    assert (folder / "H01.html").read_text(encoding="utf-8").count("周敏") == 2
    assert json.loads((folder / "H01.json").read_text())["people"] == 4
    told = cast.clerk.client.get("/api/v1/sites/H01/exit-register").json()
    assert (told["count"], [one["name"] for one in told["without_room"]]) == (4, ["周敏"])


def test_a_site_that_holds_only_people_without_a_room_keeps_its_copy(cast, waiting):
    Site.objects.filter(pk=cast.site.pk).update(state="closed")
    duties.exit_registers(NOW)
    assert exit_copies.copy_of("H01").people == 1
    page = cast.clerk.client.get(reverse("stays:register", args=["H01"])).content.decode()
    assert "周敏" in page
    assert "lz-empty" not in page


def test_who_leaves_is_out_of_it_at_once(cast, household):
    stay = next(iter(cast.site.stays.filter(person__name="李娜")))
    commands.end_stay(actor=cast.clerk.actor, at=NOW, stay=stay, end="cancelled", reason="登记有误")
    assert exit_register(cast.site, at=NOW).count == 2


def test_one_click_for_the_desk_and_security_none_for_hotel_staff(cast, household):
    page = cast.security.client.get(reverse("stays:register", args=["H01"]))
    assert "陈静" in page.content.decode()
    assert cast.hotel_staff.client.get(reverse("stays:register", args=["H01"])).status_code == 403
    assert cast.outsider.client.get(reverse("stays:register", args=["H01"])).status_code == 404


def test_an_auditor_reads_numbers_not_names(cast, household):
    page = cast.auditor.client.get(reverse("stays:register", args=["H01"])).content.decode()
    assert "陈*" in page
    assert "陈静" not in page


def test_on_paper_it_names_everybody(cast, household):
    answer = cast.clerk.client.get(reverse("stays:register_paper", args=["H01"]))
    text = "".join(page.extract_text() for page in PdfReader(BytesIO(answer.content)).pages)
    assert answer["Content-Type"] == "application/pdf"
    assert all(name in text for name in ("陈静", "陈小明", "李娜", "0402"))


def test_the_duty_writes_a_page_that_needs_no_server_and_a_pdf(cast, household, tmp_path):
    assert duties.exit_registers(NOW) == 2
    page = (tmp_path / "exit-register" / "H01.html").read_text(encoding="utf-8")
    assert "陈静" in page
    assert "2026-11-21 10:00:00" in page
    assert "src=" not in page
    assert "href=" not in page
    assert (tmp_path / "exit-register" / "H01.pdf").read_bytes().startswith(b"%PDF")
    assert [path.name for path in (tmp_path / "exit-register").glob("*.new")] == []


def test_nothing_new_refreshes_the_time_but_not_the_pdf(cast, household, tmp_path):
    exit_copies.write_copy(cast.site, at=NOW)
    pdf = tmp_path / "exit-register" / "H01.pdf"
    first = pdf.stat().st_mtime_ns
    again = exit_copies.write_copy(cast.site, at=NOW + timedelta(minutes=1))
    assert pdf.stat().st_mtime_ns == first
    assert again.as_of == NOW + timedelta(minutes=1)
    assert "10:01:00" in (tmp_path / "exit-register" / "H01.html").read_text(encoding="utf-8")
    late = exit_copies.write_copy(cast.site, at=NOW + timedelta(minutes=16))
    assert late.pdf_as_of == NOW + timedelta(minutes=16)


def test_a_move_is_in_the_next_copy(cast, household, tmp_path):
    exit_copies.write_copy(cast.site, at=NOW)
    stay = cast.site.stays.get(person__name="李娜")
    room = cast.site.rooms.get(number="0303")
    commands.move_room(actor=cast.clerk.actor, at=NOW, stay=stay, room=room, reason="空调坏了")
    fresh = exit_copies.write_copy(cast.site, at=NOW + timedelta(minutes=1))
    assert fresh.pdf_as_of == NOW + timedelta(minutes=1)
    assert "0303" in (tmp_path / "exit-register" / "H01.html").read_text(encoding="utf-8")


def test_a_closed_site_leaves_no_names_on_disk(cast, household, tmp_path):
    duties.exit_registers(NOW)
    Site.objects.filter(pk=cast.other_site.pk).update(state="closed")
    duties.exit_registers(NOW + timedelta(minutes=1))
    assert sorted(path.name for path in (tmp_path / "exit-register").iterdir()) == ["H01.html", "H01.json", "H01.pdf"]


def test_a_folder_that_cannot_be_written_is_said_and_stops_nobody_else(cast, household, tmp_path, caplog):
    (tmp_path / "exit-register" / "H01.html").mkdir(parents=True)
    caplog.set_level("ERROR", logger="lazaretto.stays")
    assert duties.exit_registers(NOW) == 1
    assert (tmp_path / "exit-register" / "H02.html").exists()


def test_a_register_that_cannot_be_set_in_type_stops_nobody_elses(cast, household, tmp_path, monkeypatch, caplog):
    def render(paper):
        if paper.site.startswith("H01"):
            raise papers.PaperWarning("unknown font family")
        return b"%PDF"

    monkeypatch.setattr(exit_copies.papers, "render", render)
    caplog.set_level("ERROR", logger="lazaretto.stays")
    assert duties.exit_registers(NOW) == 1
    names = {path.name for path in (tmp_path / "exit-register").iterdir()}
    assert {"H01.html", "H02.html", "H02.pdf"} <= names, "who is in which room is there for a browser all the same"
    assert "H01 could not be written" in caplog.text


def test_the_page_says_where_the_copy_lies_and_when_it_is_old(cast, household, tmp_path, monkeypatch):
    exit_copies.write_copy(cast.site, at=NOW)
    url = reverse("stays:register", args=["H01"])
    assert str(tmp_path / "exit-register" / "H01.html") in cast.clerk.client.get(url).content.decode()
    monkeypatch.setattr(clock, "now", lambda: NOW + timedelta(minutes=10))
    page = cast.clerk.client.get(url).content.decode()
    assert "lz-alarm" in page.split("lz-copy")[1].split("</p>")[0]


def test_headquarters_sees_all_sites_with_their_numbers(cast, household):
    page = cast.duty_officer.client.get(reverse("stays:registers")).content.decode()
    assert "H01" in page
    assert "H02" in page
    assert '<b class="lz-num">3</b>' in page


def test_an_unreadable_note_beside_the_copy_is_as_none(cast, tmp_path):
    exit_copies.write_copy(cast.site, at=NOW)
    (tmp_path / "exit-register" / "H01.json").write_text(json.dumps({"people": 1}))
    assert exit_copies.copy_of("H01") is None
