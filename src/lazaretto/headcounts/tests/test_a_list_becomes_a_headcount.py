"""A list as a park sends it: laid out, looked at, decided, taken in; every line is accounted for once."""

import pytest
from django.db import IntegrityError, transaction

from lazaretto.core.errors import Forbidden, InvalidInput, NotFound, ReasonRequired
from lazaretto.core.models import JournalEntry
from lazaretto.headcounts import commands, files
from lazaretto.headcounts.errors import HasLeft, LineSettled, ListClosed, ListUnreadable, NoNameColumn, OnItAlready
from lazaretto.headcounts.models import HeadcountList, Member, Organisation
from lazaretto.headcounts.proofs import headcounts_balance
from lazaretto.headcounts.queries import account_of
from lazaretto.headcounts.tests.lists import HEADER, card, listing, row
from lazaretto.people.commands import register_person
from lazaretto.people.rules import id_card_check_digit
from tests.factories import NOW

pytestmark = pytest.mark.django_db
WRONG = card(3)[:-1] + ("1" if card(3)[-1] != "1" else "2")


def lay_out(cast, content, *, piece=2, member=None, **more) -> HeadcountList:
    """Read a file in small pieces."""
    actor = (member or cast.duty_officer).actor
    source = files.from_bytes(content, "headcount.csv")
    given = {"unit": cast.site.unit, "file_name": "headcount.csv", "digest": source.digest, "header": source.header}
    begun = commands.begin_list(actor=actor, at=NOW, **given, **more)
    found = HeadcountList.objects.get(pk=begun.list_id)
    for lines in files.pieces(source.lines, piece):
        commands.add_lines(actor=actor, at=NOW, headcount_list=found, lines=lines)
    commands.end_reading(actor=actor, at=NOW, headcount_list=found)
    return HeadcountList.objects.get(pk=found.pk)


def take_in(cast, found, *, lines=2):
    while True:
        piece = commands.commit_list(actor=cast.duty_officer.actor, at=NOW, headcount_list=found, lines=lines)
        if piece.finished:
            found.refresh_from_db()
            return piece


def on_it() -> dict[str, str]:
    return dict(Member.objects.filter(ended_at__isnull=True).values_list("name", "organisation__name"))


def test_everybody_on_a_list_is_on_the_headcount_of_their_enterprise(cast):
    found = lay_out(
        cast, listing(row("冯文杰", f"'{card(1)}"), row("侯敏轩", card(2), of="博正"), row("陆明", card(3)))
    )
    assert not Member.objects.exists()  # nobody is taken in before somebody says so
    take_in(cast, found)
    assert on_it() == {"冯文杰": "正德医疗器械有限公司", "侯敏轩": "博正", "陆明": "正德医疗器械有限公司"}
    who = Member.objects.get(name="冯文杰")
    assert (who.building, who.room, who.initials, who.document, who.document_tail) == (
        "A栋",
        "238",
        "fwj",
        card(1),
        card(1)[-4:],
    )
    assert found.state == "committed"


def test_every_line_is_accounted_for_once(cast):
    rows = (row("冯文杰", card(1)), row("冯文杰", card(1)), row("错", WRONG), ",,,,,,,,", row("侯敏轩", ""))
    found = lay_out(cast, listing(*rows))
    account = account_of(found)
    assert (account.lines, account.ready, account.held, account.repeated, account.empty) == (5, 2, 1, 1, 1)
    assert account.balances
    take_in(cast, found)
    account = account_of(found)
    assert (account.made, account.held) == (2, 1)
    assert account.balances
    assert found.state == "committing"  # a line waits
    assert headcounts_balance(NOW).offenders == []


def test_a_held_line_is_put_right_or_left_out_with_a_reason(cast):
    found = lay_out(cast, listing(row("错", WRONG), row("", card(5)), row("丁", card(6), of="")))
    decide = {"actor": cast.duty_officer.actor, "at": NOW, "headcount_list": found}
    with pytest.raises(InvalidInput):
        commands.decide_line(**decide, number=2, take=True, document=WRONG)
    assert commands.decide_line(**decide, number=2, take=True, document=card(4)).held == 2
    with pytest.raises(InvalidInput):
        commands.decide_line(**decide, number=3, take=True)
    with pytest.raises(ReasonRequired):
        commands.decide_line(**decide, number=3, take=False)
    commands.decide_line(**decide, number=3, take=False, reason="无此人")
    commands.decide_line(**decide, number=4, take=True, organisation="博正")
    with pytest.raises(LineSettled):
        commands.decide_line(**decide, number=4, take=True)
    with pytest.raises(NotFound):
        commands.decide_line(**decide, number=40, take=True)
    take_in(cast, found)
    assert on_it() == {"错": "正德医疗器械有限公司", "丁": "博正"}
    assert found.state == "committed"


def test_a_card_that_ends_as_spreadsheets_end_them_counts_once_somebody_typed_it(cast):
    bodies = [f"440106199001{n:03}00" for n in range(10, 280)]
    zeros = next(f"{body}0" for body in bodies if id_card_check_digit(body) == "0")
    found = lay_out(cast, listing(row("冯文杰", zeros)))
    assert account_of(found).held == 1
    commands.decide_line(
        actor=cast.duty_officer.actor, at=NOW, headcount_list=found, number=2, take=True, document=zeros
    )
    take_in(cast, found)
    assert Member.objects.get().document == zeros


def test_a_wrong_number_that_stays_wrong_counts_as_none(cast):
    found = lay_out(cast, listing(row("错", WRONG)))
    commands.decide_line(actor=cast.duty_officer.actor, at=NOW, headcount_list=found, number=2, take=True)
    take_in(cast, found)
    assert Member.objects.get().document_digest == ""


def test_the_next_list_keeps_who_is_there_and_learns_where_they_sleep_now(cast):
    take_in(cast, lay_out(cast, listing(row("冯文杰", card(1)), row("侯敏轩", card(2)))))
    later = lay_out(cast, listing(row("冯文杰", card(1), lodging="B栋12"), row("新人", card(9))))
    take_in(cast, later)
    assert sorted(on_it()) == ["侯敏轩", "冯文杰", "新人"]
    assert Member.objects.get(name="冯文杰").building == "B栋"
    assert account_of(later).kept == 1


def test_a_complete_list_ends_whom_it_does_not_name_and_says_so_before(cast):
    take_in(
        cast, lay_out(cast, listing(row("冯文杰", card(1)), row("侯敏轩", card(2)), row("别家", card(3), of="博正")))
    )
    later = lay_out(cast, listing(row("冯文杰", card(1)), row("错", WRONG)), complete=True)
    assert account_of(later).leaving == 1
    take_in(cast, later)
    assert "侯敏轩" in on_it()  # a line waits: it may be them
    commands.decide_line(
        actor=cast.duty_officer.actor, at=NOW, headcount_list=later, number=3, take=False, reason="重复"
    )
    take_in(cast, later)
    assert sorted(on_it()) == ["冯文杰", "别家"]  # another enterprise's people stay
    assert later.left == 1


def test_somebody_of_two_enterprises_is_on_both_and_remarked(cast):
    found = lay_out(cast, listing(row("冯文杰", card(1)), row("冯文杰", card(1), of="博正")))
    assert [line.issues for line in found.entries.order_by("number")] == [[], ["elsewhere"]]
    take_in(cast, found)
    assert Member.objects.filter(ended_at__isnull=True).count() == 2


def test_the_same_file_again_is_the_same_list_and_a_piece_twice_is_one(cast):
    content = listing(row("冯文杰", card(1)), row("侯敏轩", card(2)))
    first = lay_out(cast, content)
    source = files.from_bytes(content, "x.csv")
    again = commands.begin_list(
        actor=cast.duty_officer.actor, at=NOW, unit=cast.site.unit, file_name="x.csv", digest=source.digest,
        header=source.header,
    )  # fmt: skip
    assert (again.known, again.list_id, again.read_to) == (True, first.pk, 3)
    HeadcountList.objects.filter(pk=first.pk).update(state="reading")
    commands.add_lines(actor=cast.duty_officer.actor, at=NOW, headcount_list=first.pk, lines=list(source.lines))
    first.refresh_from_db()
    assert first.lines == first.entries.count() == 2


def test_the_same_file_said_to_be_everybody_is_so_while_nobody_has_left_by_it(cast):
    content = listing(row("冯文杰", card(1)))
    found = lay_out(cast, content)
    source = files.from_bytes(content, "x.csv")
    again = {"unit": cast.site.unit, "file_name": "x.csv", "digest": source.digest, "header": source.header}
    given = {"actor": cast.duty_officer.actor, "at": NOW, **again}
    commands.begin_list(**given, complete=True)
    assert HeadcountList.objects.get(pk=found.pk).complete
    take_in(cast, found)
    commands.begin_list(**given, complete=False)
    assert HeadcountList.objects.get(pk=found.pk).complete


def test_columns_that_say_nothing_we_know_are_kept_as_they_came(cast):
    line = row("冯文杰", card(1))[:-1] + "双职工,,夜班"
    found = lay_out(cast, listing(line, header=f"{HEADER},班次"))
    shown = commands.show_line(actor=cast.duty_officer.actor, at=NOW, headcount_list=found, number=2)
    assert (shown.cells["family"], shown.cells["+班次"]) == ("双职工", "夜班")
    assert JournalEntry.objects.filter(command="headcounts.show_line").exists()


def test_a_file_without_names_or_that_is_no_table_is_refused_by_name(cast):
    with pytest.raises(NoNameColumn):
        files.from_bytes("企业,部门\n正德,研发".encode(), "a.csv")
    with pytest.raises(ListUnreadable):
        files.from_bytes(b"%PDF-1.4", "a.pdf")
    with pytest.raises(NoNameColumn):
        commands.begin_list(
            actor=cast.duty_officer.actor, at=NOW, unit=cast.site.unit, file_name="a", digest="a", header=["企业"]
        )


def test_a_list_is_put_aside_only_before_anybody_came_of_it(cast):
    found = lay_out(cast, listing(row("冯文杰", card(1))))
    given = {"actor": cast.duty_officer.actor, "at": NOW, "headcount_list": found}
    with pytest.raises(ReasonRequired):
        commands.cancel_list(**given, reason=" ")
    commands.cancel_list(**given, reason="发错了")
    with pytest.raises(ListClosed):
        commands.commit_list(**given)
    with pytest.raises(ListClosed):
        commands.add_lines(**given, lines=[])


def test_people_are_put_on_and_off_by_hand(cast):
    given = {"actor": cast.duty_officer.actor, "at": NOW}
    on = {"unit": cast.site.unit, "organisation": "正德", "name": "冯文杰", "document": card(1)}
    made = commands.enrol(**given, **on)
    with pytest.raises(OnItAlready):
        commands.enrol(**given, **on)
    with pytest.raises(InvalidInput):
        commands.enrol(**given, **{**on, "document": WRONG})
    with pytest.raises(ReasonRequired):
        commands.leave(**given, member=made.member, reason="")
    commands.leave(**given, member=made.member, reason="离职")
    with pytest.raises(HasLeft):
        commands.leave(**given, member=made.member, reason="离职")
    commands.enrol(**given, **on)  # they are back
    assert Member.objects.count() == 2


def test_the_officer_who_stands_at_the_table_is_named(cast):
    made = commands.enrol(
        actor=cast.duty_officer.actor, at=NOW, unit=cast.site.unit, organisation="正德", name="冯文杰"
    )
    name = {"actor": cast.duty_officer.actor, "at": NOW, "organisation": made.organisation_id}
    with pytest.raises(InvalidInput):
        commands.name_contact(**name, contact="宗主管", phone="12")
    commands.name_contact(**name, contact="宗主管", phone="13800001111")
    found = Organisation.objects.get()
    assert (found.contact, found.contact_phone) == ("宗主管", "+8613800001111")


def test_somebody_known_is_linked_by_their_document(cast):
    document = {"kind": "id_card", "number": card(1), "country": "CHN"}
    given = {"unit": cast.site.unit_id, "person": {"name": "冯文杰", "documents": [document]}}
    person = register_person.invoke(actor=cast.duty_officer.actor, at=NOW, payload=given).person_id
    take_in(cast, lay_out(cast, listing(row("冯文杰", card(1)), row("侯敏轩", card(2)))))
    assert dict(Member.objects.values_list("name", "person")) == {"冯文杰": person, "侯敏轩": None}


def test_somebody_known_by_a_passport_is_linked_too(cast):
    document = {"kind": "passport", "number": "EA1234567", "country": "CHN"}
    given = {"unit": cast.site.unit_id, "person": {"name": "冯文杰", "documents": [document]}}
    person = register_person.invoke(actor=cast.duty_officer.actor, at=NOW, payload=given).person_id
    take_in(cast, lay_out(cast, listing(row("冯文杰", "EA1234567"))))
    assert Member.objects.get().person_id == person


def test_whoever_only_reads_or_works_elsewhere_takes_nobody_in(cast):
    for member in (cast.approver, cast.outsider):
        with pytest.raises(Forbidden):
            lay_out(cast, listing(row("冯文杰", card(1))), member=member)


def test_the_database_keeps_nobody_twice_on_one_headcount(cast):
    take_in(cast, lay_out(cast, listing(row("冯文杰", card(1)))))
    who = Member.objects.get()
    who.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        who.save()
    with pytest.raises(IntegrityError), transaction.atomic():
        Member.objects.update(document=None)


def test_all_sheets_of_a_workbook_are_read_or_none(tmp_path):
    from openpyxl import Workbook  # noqa: PLC0415

    book = Workbook()
    book.active.append(HEADER.split(","))
    book.active.append(row("冯文杰", card(1)).split(","))
    second = book.create_sheet("二厂")
    second.append(["姓名", "身份证号码", "企业名称"])
    second.append(["侯敏轩", card(2), "博正"])
    book.save(tmp_path / "a.xlsx")
    source = files.from_path(tmp_path / "a.xlsx")
    cells = [line.cells for line in source.lines]
    assert [one[2] for one in cells] == ["冯文杰", "侯敏轩"]
    assert cells[1][0] == "博正"
    book.create_sheet("补充").append(["张三", card(3)])
    book.save(tmp_path / "a.xlsx")
    with pytest.raises(NoNameColumn) as refused:
        files.from_bytes((tmp_path / "a.xlsx").read_bytes(), "a.xlsx")
    assert "补充" in str(refused.value), "which of the sheets it is"
    with pytest.raises(NoNameColumn):
        files.from_path(tmp_path / "a.xlsx")
