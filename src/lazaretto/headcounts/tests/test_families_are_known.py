"""Families of an area: who belongs together wherever they work, and who must be thought of."""

import json
from datetime import timedelta

import pytest

from lazaretto.core.errors import Forbidden, InvalidInput, ReasonRequired
from lazaretto.core.models import JournalEntry
from lazaretto.headcounts import commands
from lazaretto.headcounts.choices import Concern
from lazaretto.headcounts.errors import HasLeft, NoSuchConcern
from lazaretto.headcounts.models import Household, Member, MemberChange, MemberConcern
from lazaretto.headcounts.rules_families import read_family
from lazaretto.headcounts.tests.lists import card, listing
from lazaretto.headcounts.tests.test_a_list_becomes_a_headcount import lay_out, take_in
from tests.factories import NOW

pytestmark = pytest.mark.django_db
HEADER = "企业名称,姓名,身份证号码,户号,家庭情况"


def people(*rows: tuple[str, str, int, str, str], header: str = HEADER) -> bytes:
    return listing(*(f"{of},{name},{card(n)},{number},{said}" for of, name, n, number, said in rows), header=header)


def families() -> set[frozenset[str]]:
    return {
        frozenset(household.members.filter(ended_at__isnull=True).values_list("name", flat=True))
        for household in Household.objects.all()
    } - {frozenset()}


def concerns(name: str) -> dict[str, str]:
    rows = MemberConcern.objects.filter(member__name=name, ended_at__isnull=True)
    return {kind: note or "" for kind, note in rows.values_list("kind", "note")}


@pytest.mark.parametrize(
    ("text", "said", "note"),
    [
        ("双职工，有小孩", {"dual", "child"}, ""), ("孕妇", {"pregnant"}, ""),
        ("孕妇（28周）", {"pregnant"}, "孕妇（28周）"),
        ("both work, small child", {"dual", "child"}, ""), ("丈夫在外地", {"other"}, "丈夫在外地"),
        ("无", set(), ""), ("", set(), ""), ("无孕妇", set(), ""), ("双职工，无小孩", {"dual"}, ""),
        ("家有老人、残疾", {"elderly", "disabled"}, ""),
    ],
)  # fmt: skip
def test_known_words_are_concerns_and_the_rest_stays_a_note(text, said, note):
    family = read_family(text)
    assert ({concern.value for concern in family.concerns}, family.note) == (said, note)


@pytest.mark.parametrize(
    ("remark", "said"),
    [
        ("孕妇", {"pregnant"}), ("长期夜班，坐轮椅", {"disabled"}), ("血液透析每周三次", {"dialysis"}),
        ("独居老人", {"alone", "elderly"}), ("pregnant", {"pregnant"}), ("夜班", set()), ("无孕妇", set()), ("", set()),
    ],
)  # fmt: skip
def test_remarks_are_read_by_the_same_words_and_say_where_it_is_from(cast, remark, said):
    header = "企业名称,姓名,身份证号码,户号,备注"
    taken = lay_out(cast, people(("正德", "甲", 1, "", remark.replace(",", "，")), header=header))
    line = taken.entries.get()
    assert ("from_remark" in line.issues) == bool(said)
    assert line.outcome == "ready", "it holds nobody"
    assert json.loads(line.payload).get("remark", "") == remark, "the text stays as it came"
    take_in(cast, taken)
    found = concerns("甲")
    assert set(found) == said
    assert [note for note in found.values() if note] == ([f"备注：{remark}"] if said else [])


def test_a_remark_adds_to_what_the_column_of_families_says(cast):
    header = "企业名称,姓名,身份证号码,户号,家庭情况,备注"
    line = f"正德,甲,{card(1)},,双职工，有小孩,孕妇 28周"
    take_in(cast, lay_out(cast, listing(line, header=header)))
    found = concerns("甲")
    assert set(found) == {"pregnant", "child", "dual"}
    assert "备注：孕妇 28周" in found.values()


def test_one_number_is_one_family_across_enterprises_and_pieces(cast):
    rows = (("正德", "夫", 1, "7", "双职工，有小孩"), ("博正", "他人", 2, "8", ""), ("博正", "妻", 3, "7", "孕妇"))
    take_in(cast, lay_out(cast, people(*rows)), lines=1)
    assert families() == {frozenset({"夫", "妻"}), frozenset({"他人"})}
    assert concerns("夫") == {"dual": "", "child": ""}
    assert concerns("妻") == {"pregnant": ""}


def test_a_short_number_of_another_list_is_another_family_and_one_of_the_register_is_the_same(cast):
    take_in(cast, lay_out(cast, people(("正德", "甲", 1, "7", ""), ("正德", "乙", 2, "440106001", ""))))
    take_in(cast, lay_out(cast, people(("博正", "丙", 3, "7", ""), ("博正", "丁", 4, "440106001", ""))))
    assert families() == {frozenset({"甲"}), frozenset({"丙"}), frozenset({"乙", "丁"})}


def test_the_next_list_of_the_same_families_makes_none_anew_and_changes_nothing(cast):
    rows = (("正德", "夫", 1, "7", "孕妇"), ("博正", "妻", 2, "7", ""))
    take_in(cast, lay_out(cast, people(*rows)))
    take_in(cast, lay_out(cast, people(*rows, ("博正", "新", 5, "7", ""))))
    assert Household.objects.count() == 1
    assert families() == {frozenset({"夫", "妻", "新"})}
    assert not MemberChange.objects.exists()
    assert MemberConcern.objects.count() == 1


def test_whoever_is_on_two_headcounts_is_of_one_household_on_both(cast):
    take_in(cast, lay_out(cast, people(("正德", "夫", 1, "", ""), ("博正", "妻", 2, "", ""))))
    take_in(cast, lay_out(cast, people(("幸福小区", "夫", 1, "3", ""), ("幸福小区", "妻", 2, "3", ""))))
    assert Member.objects.filter(household__isnull=False, ended_at__isnull=True).count() == 4
    take_in(cast, lay_out(cast, people(("康信", "夫", 1, "", ""))))
    assert Member.objects.get(organisation__name="康信").household_id == Household.objects.get().pk


def test_what_a_list_says_otherwise_ends_what_a_list_said_but_not_what_somebody_wrote(cast):
    take_in(cast, lay_out(cast, people(("正德", "夫", 1, "", "孕妇"))))
    member = Member.objects.get()
    commands.note_concern(actor=cast.duty_officer.actor, at=NOW, member=member, kind=Concern.DIALYSIS, note="每周三次")
    take_in(cast, lay_out(cast, people(("正德", "夫", 1, "", ""), ("正德", "乙", 2, "", ""))))
    assert concerns("夫") == {"pregnant": "", "dialysis": "每周三次"}, "an empty cell says nothing"
    take_in(cast, lay_out(cast, people(("正德", "夫", 1, "", "哺乳期"))))
    assert concerns("夫") == {"nursing": "", "dialysis": "每周三次"}
    assert MemberConcern.objects.count() == 3, "what was stays written"


def test_somebody_belongs_to_the_household_of_another_by_hand(cast):
    take_in(
        cast, lay_out(cast, people(("正德", "夫", 1, "", ""), ("博正", "妻", 2, "", ""), ("博正", "夫", 1, "", "")))
    )
    one, other = Member.objects.get(name="妻"), Member.objects.filter(name="夫").first()
    given = {"actor": cast.duty_officer.actor, "at": NOW}
    made = commands.share_household(**given, member=one, beside=other)
    assert families() == {frozenset({"夫", "妻"})}
    assert Member.objects.filter(household=made.household).count() == 3, "on both headcounts"
    assert JournalEntry.objects.filter(command="headcounts.share_household").exists()
    with pytest.raises(InvalidInput):
        commands.share_household(**given, member=other, beside=Member.objects.filter(name="夫").last())
    commands.leave_household(**given, member=one)
    assert families() == {frozenset({"夫"})}
    commands.leave(**given, member=one, reason="离职")
    with pytest.raises(HasLeft):
        commands.share_household(**given, member=one, beside=other)


def test_what_must_be_thought_of_is_written_and_ended_with_a_reason(cast):
    take_in(cast, lay_out(cast, people(("正德", "夫", 1, "", ""))))
    given = {"at": NOW, "member": Member.objects.get().pk, "kind": Concern.OTHER}
    duty = {"actor": cast.duty_officer.actor, **given}
    with pytest.raises(InvalidInput):
        commands.note_concern(**duty)
    commands.note_concern(**duty, note="独自照顾母亲")
    assert concerns("夫") == {"other": "独自照顾母亲"}
    with pytest.raises(ReasonRequired):
        commands.end_concern(**duty, reason=" ")
    later = {**duty, "at": NOW + timedelta(hours=1)}
    commands.end_concern(**later, reason="母亲已住院")
    with pytest.raises(NoSuchConcern):
        commands.end_concern(**later, reason="母亲已住院")
    with pytest.raises(Forbidden):
        commands.note_concern(**given, actor=cast.clerk.actor, note="x")
