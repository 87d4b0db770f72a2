"""Words that do not fit their place, and what stands in brackets beside a name, stay to be read."""

import base64

import pytest

from lazaretto.arrivals import commands
from lazaretto.arrivals.choices import RowDecision
from lazaretto.arrivals.commands import Corrections
from lazaretto.arrivals.models import Manifest
from lazaretto.arrivals.staging import from_payload
from lazaretto.arrivals.tests.offices import HEADER, person, xlsx
from lazaretto.people.choices import NeedKind
from lazaretto.people.commands import NewPerson, register_person
from lazaretto.people.errors import NameInvalid
from lazaretto.people.models import Need, Person
from tests.factories import NOW

pytestmark = pytest.mark.django_db
LONG = "广州市海珠区" * 30


def staged(cast, *rows, more=()):
    content = base64.b64encode(xlsx({"名单": [[*HEADER, *more], *rows]})).decode()
    done = commands.stage_manifest(actor=cast.clerk.actor, at=NOW, site=cast.site, file_name="a.xlsx", content=content)
    return Manifest.objects.select_related("site").get(pk=done.manifest_id)


def test_an_employer_and_a_latin_name_too_long_for_their_place_stand_whole_in_the_notes(cast):
    latin = "MARIA " * 40
    row = [*person(1), LONG, latin]
    manifest = staged(cast, row, more=("工作单位", "英文姓名"))
    commands.commit_manifest(actor=cast.clerk.actor, at=NOW, manifest=manifest)
    made = Person.objects.get()
    note = Need.objects.get(person=made, kind=NeedKind.OTHER).note
    assert LONG in note
    assert latin.strip() in note
    assert made.employer.endswith("…"), "that it goes on is to be seen"
    assert len(made.employer) == 120


def test_words_that_fit_make_no_note(cast):
    manifest = staged(cast, [*person(1), "江畔酒店"], more=("工作单位",))
    commands.commit_manifest(actor=cast.clerk.actor, at=NOW, manifest=manifest)
    assert Person.objects.get().employer == "江畔酒店"
    assert not Need.objects.exists()


def test_a_name_with_another_in_brackets_is_shown_as_mended_with_the_words_of_the_office(cast):
    manifest = staged(cast, person(1, "张三（小三）"))
    page = cast.clerk.client.get(f"/sites/H01/lists/{manifest.id}?show=mended").content.decode()
    assert "<del>张三（小三）</del> → <ins>张三</ins>" in page
    row = manifest.rows.get(kind="person")
    assert "张三（小三）" in from_payload(row.payload).cells


def test_brackets_typed_when_a_row_is_corrected_are_mended_for_all_to_see(cast):
    manifest = staged(cast, person(1, document="440105199102090168"))
    row = manifest.rows.get(outcome="held")
    right = person(1)[3]
    commands.decide_row(
        actor=cast.clerk.actor, at=NOW, manifest=manifest, row_id=row.pk, decision=RowDecision.CORRECT,
        corrections=Corrections(name="张三（小三）", document=right, birth_date="", sex=""),
    )  # fmt: skip
    row.refresh_from_db()
    kept = from_payload(row.payload)
    assert ("张三（小三）", "张三") in {(mend.before, mend.after) for mend in kept.mends}
    assert row.mends == len(kept.mends)


def test_a_name_in_brackets_typed_at_the_desk_becomes_another_name_of_the_person(cast):
    new = NewPerson(name="张三（小三）")
    done = register_person(actor=cast.clerk.actor, at=NOW, unit=cast.site.unit, person=new)
    made = Person.objects.get(pk=done.person_id)
    assert made.name == "张三"
    assert set(made.names.values_list("full", flat=True)) == {"张三", "小三"}


def test_a_remark_in_brackets_that_is_no_name_is_refused_at_the_desk_rather_than_dropped(cast):
    with pytest.raises(NameInvalid):
        register_person(actor=cast.clerk.actor, at=NOW, unit=cast.site.unit, person=NewPerson(name="张三（孕30周）"))
    assert not Person.objects.exists()
