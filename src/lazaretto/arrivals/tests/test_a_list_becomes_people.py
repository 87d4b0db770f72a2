"""A list is staged, decided and committed: counted in, counted out, nobody doubled, nothing half done."""

import base64
import json
from datetime import UTC, date, datetime, timedelta

import pytest

from lazaretto.arrivals import commands
from lazaretto.arrivals.choices import RowDecision
from lazaretto.arrivals.commands import Corrections
from lazaretto.arrivals.errors import FileUnreadable, ManifestClosed, NoCandidate, RowNotHeld, RowStillDoubtful
from lazaretto.arrivals.issues import issue_codes
from lazaretto.arrivals.manifest import HOLDS
from lazaretto.arrivals.models import ExpectedArrival, Manifest, MappingMemory
from lazaretto.arrivals.proofs import lists_balance
from lazaretto.arrivals.queries.statement import file_report, statement_of
from lazaretto.arrivals.staging import from_payload
from lazaretto.arrivals.tests.offices import HEADER, card, person, xlsx
from lazaretto.config.cli import main
from lazaretto.core.errors import Forbidden, InvalidInput, NotFound, ReasonRequired, TextTooLong
from lazaretto.core.models import JournalEntry
from lazaretto.people.models import IdentityDocument, PartyMember, Person
from tests.factories import NOW
from tests.factories import stay as make_stay

FULL = [*HEADER, "家庭编号", "特殊需求", "末次暴露日期"]


def stage(cast, rows, **options):
    return stage_file(cast, xlsx({"名单": rows}), **options)


def stage_file(cast, data, *, who=None, **options):
    staged = commands.stage_manifest(
        actor=(who or cast.clerk).actor,
        at=NOW,
        site=options.pop("site", cast.site),
        file_name="list.xlsx",
        content=base64.b64encode(data).decode(),
        **options,
    )
    return staged, Manifest.objects.get(pk=staged.manifest_id)


def commit(cast, manifest, rows=1000):
    piece = commands.commit_manifest(actor=cast.clerk.actor, at=NOW, manifest=manifest, rows=rows)
    manifest.refresh_from_db()
    return piece


def row_at(manifest, excel_row, sheet=0):
    return manifest.rows.get(sheet=sheet, excel_row=excel_row)


def decide(cast, manifest, excel_row, decision, **options):
    row = row_at(manifest, excel_row)
    return commands.decide_row(
        actor=cast.clerk.actor, at=NOW, manifest=manifest, row_id=row.pk, decision=decision, **options
    )


def test_a_staged_list_makes_nobody_yet(cast):
    staged, manifest = stage(cast, [["名单"], HEADER, person(1), person(2), person(3, document="440105199102090168")])
    assert (staged.people, staged.ready, staged.held, staged.skipped) == (3, 2, 1, 2)
    assert not Person.objects.exists()
    assert [row.outcome for row in manifest.rows.order_by("excel_row")] == ["skipped"] * 2 + ["ready"] * 2 + ["held"]
    assert JournalEntry.objects.get(command="arrivals.stage_manifest").unit_id == cast.site.unit_id


def test_what_a_row_said_is_kept_whole_and_encrypted(cast):
    _, manifest = stage(cast, [[*HEADER, "车牌"], [*person(1, "李 梅"), "粤A12345"]])
    row = row_at(manifest, 2)
    said = from_payload(row.payload)
    assert said.cells[1] == "李 梅"
    assert said.person.details["车牌"] == "粤A12345"
    assert said.mends[0].after == "李梅"
    assert "李" not in json.dumps(manifest.report, ensure_ascii=False)


def test_a_committed_list_makes_people_with_documents_phones_needs_and_households(cast):
    rows = [
        FULL,
        [*person(1, "李梅"), "F1", "素食", "2021-05-31"],
        [*person(2, "李小龙"), "F1", "", "2021-05-31"],
        [*person(3, "王强"), "", "", ""],
    ]
    _, manifest = stage(cast, rows)
    piece = commit(cast, manifest)
    assert (piece.finished, piece.statement.made, manifest.state) == (True, 3, "committed")
    mei = Person.objects.get(name="李梅")
    assert mei.documents.get().last_four == person(1)[3][-4:]
    assert [need.kind for need in mei.needs.all()] == ["diet"]
    assert mei.contacts.get().value == "+8613800000001"
    expected = {one.person.name: one for one in ExpectedArrival.objects.select_related("person")}
    assert expected["李梅"].party_id == expected["李小龙"].party_id != expected["王强"].party_id
    assert PartyMember.objects.filter(party_id=expected["李梅"].party_id).count() == 2
    assert expected["李梅"].last_exposure_at == datetime(2021, 5, 30, 16, 0, tzinfo=UTC)
    assert JournalEntry.objects.filter(person_id=mei.id).exists()


def test_rows_in_are_made_matched_held_and_rejected(cast):
    rows = [HEADER, *[person(n) for n in range(1, 8)], person(8, document="440105199102090168"), person(9, document="")]
    _, manifest = stage(cast, rows)
    decide(cast, manifest, 9, RowDecision.REJECT, reason="取消行程")
    commit(cast, manifest)
    account = statement_of(manifest)
    assert account.balances
    assert (account.people, account.made, account.held, account.rejected) == (9, 8, 0, 1)


def test_a_commit_goes_on_where_it_was_broken_off_and_keeps_households_together(cast):
    rows = [FULL, *[[*person(n), f"F{n % 7}", "", ""] for n in range(1, 41)]]
    _, manifest = stage(cast, rows)
    first = commit(cast, manifest, rows=3)
    assert not first.finished
    assert manifest.state == "committing"
    families = ExpectedArrival.objects.values_list("party_id", "person_id")
    done = {family for family, _ in families}
    assert len(done) == 3
    for family in done:
        key = manifest.rows.get(person_id=next(p for f, p in families if f == family)).party_key
        assert not manifest.rows.filter(party_key=key, person__isnull=True).exists()
    while not commit(cast, manifest, rows=3).finished:
        pass
    assert statement_of(manifest).made == 40
    assert len(set(ExpectedArrival.objects.values_list("party_id", flat=True))) == 7


def test_a_known_person_is_matched_and_not_doubled(cast):
    _, first = stage(cast, [HEADER, person(1, "李梅")])
    commit(cast, first)
    ExpectedArrival.objects.update(state="cancelled")
    _, second = stage(cast, [HEADER, person(1, "李 梅"), person(2)])
    piece = commit(cast, second)
    assert (piece.statement.made, piece.statement.matched) == (1, 1)
    assert Person.objects.filter(name="李梅").count() == 1
    assert ExpectedArrival.objects.filter(person__name="李梅", state="expected").count() == 1


def test_a_document_that_belongs_to_another_name_is_held(cast):
    _, first = stage(cast, [HEADER, person(1, "李梅")])
    commit(cast, first)
    _, second = stage(cast, [HEADER, person(1, "王强")])
    row = row_at(second, 2)
    assert (row.outcome, row.issues) == ("held", ["document_of_another_name"])
    with pytest.raises(RowStillDoubtful):
        decide(cast, second, 2, RowDecision.ACCEPT, reason="就是他")


def test_somebody_probably_known_is_held_until_a_person_decides(cast):
    header, row = ["姓名", "证件号码", "出生日期", "手机"], ["李梅", "", "1991-02-09", "13800138000"]
    _, first = stage(cast, [header, ["李梅", "E12345678", *row[2:]]])
    commit(cast, first)
    ExpectedArrival.objects.update(state="cancelled")
    _, second = stage(cast, [header, row])
    assert row_at(second, 2).issues == ["no_document", "possibly_known"]
    decide(cast, second, 2, RowDecision.MATCH, reason="电话核实")
    assert commit(cast, second).statement.matched == 1
    assert Person.objects.count() == 1

    ExpectedArrival.objects.update(state="cancelled")
    _, third = stage(cast, [["补充"], header, row])
    decide(cast, third, 3, RowDecision.ACCEPT, reason="同名同日生的另一人")
    assert commit(cast, third).statement.made == 1
    assert Person.objects.count() == 2


def test_somebody_in_a_site_or_on_another_list_is_held(cast):
    _, first = stage(cast, [HEADER, person(1, "李梅")])
    commit(cast, first)
    _, second = stage(cast, [HEADER, person(1, "李梅"), person(2)])
    assert row_at(second, 2).issues == ["already_expected"]
    ExpectedArrival.objects.update(state="cancelled")
    make_stay(cast.other_site, who=Person.objects.get(name="李梅"))
    _, third = stage(cast, [["新"], HEADER, person(1, "李梅")])
    assert row_at(third, 3).issues == ["already_in_care"]


def test_what_became_doubtful_between_staging_and_commit_is_held_and_stops_nobody_else(cast):
    _, first = stage(cast, [HEADER, person(1, "李梅"), person(2)])
    _, second = stage(cast, [["另一份"], HEADER, person(1, "王强"), person(3)])
    commit(cast, first)
    piece = commit(cast, second)
    assert piece.finished
    assert (piece.statement.made, piece.statement.held) == (1, 1)
    row = row_at(second, 3)
    assert (row.outcome, row.issues, row.candidate.name) == ("held", ["document_of_another_name"], "李梅")


def test_a_held_row_can_be_corrected_by_the_rules_of_the_import(cast):
    _, manifest = stage(cast, [HEADER, person(1), [2, "赵敏", "女", "440105199102090168", "1991-02-09", "13800138000"]])
    with pytest.raises(RowStillDoubtful) as caught:
        decide(cast, manifest, 3, RowDecision.CORRECT, corrections=Corrections(document="440105199102090169"))
    assert caught.value.context["issues"] == "id_checksum"
    decided = decide(cast, manifest, 3, RowDecision.CORRECT, corrections=Corrections(document="440105199102090167"))
    assert (decided.outcome, decided.left) == ("ready", 0)
    commit(cast, manifest)
    assert Person.objects.get(name="赵敏").documents.get().number == "440105199102090167"
    entry = JournalEntry.objects.get(command="arrivals.decide_row")
    assert entry.data["decision"] == "correct"
    assert "0167" not in json.dumps(entry.data)


def test_a_row_taken_as_it_stands_leaves_out_what_could_not_be_read(cast):
    _, manifest = stage(cast, [HEADER, [1, "赵敏", "男", card(), "1990-01-01", "13800138000"]])
    assert row_at(manifest, 2).issues == ["birth_date_conflict", "sex_conflict"]
    with pytest.raises(ReasonRequired):
        decide(cast, manifest, 2, RowDecision.ACCEPT)
    decide(cast, manifest, 2, RowDecision.ACCEPT, reason="到站核实")
    commit(cast, manifest)
    made = Person.objects.get(name="赵敏")
    assert (made.birth_date, made.sex) == (None, "unknown")


def test_only_held_rows_are_decided_and_only_once(cast):
    _, manifest = stage(cast, [HEADER, person(1), person(2, document="1")])
    with pytest.raises(RowNotHeld):
        decide(cast, manifest, 2, RowDecision.REJECT, reason="x")
    with pytest.raises(NoCandidate):
        decide(cast, manifest, 3, RowDecision.MATCH, reason="x")
    decide(cast, manifest, 3, RowDecision.REJECT, reason="x")
    with pytest.raises(RowNotHeld):
        decide(cast, manifest, 3, RowDecision.REJECT, reason="x")


def test_the_same_file_again_is_the_same_list(cast):
    data = xlsx({"名单": [HEADER, person(1)]})
    _, manifest = stage_file(cast, data)
    again, _ = stage_file(cast, data)
    assert (again.known, again.manifest_id) == (True, manifest.pk)
    commands.cancel_manifest(actor=cast.clerk.actor, at=NOW, manifest=manifest, reason="发错")
    anew, _ = stage_file(cast, data)
    assert not anew.known
    with pytest.raises(ManifestClosed):
        commit(cast, manifest)


def test_a_list_that_was_tried_first_learns_of_its_bus_when_it_is_sent_again(cast):
    data, due = xlsx({"名单": [HEADER, person(1)]}), NOW + timedelta(hours=2)
    stage_file(cast, data)
    _, manifest = stage_file(cast, data, vehicle="粤A12345", expected_at=due)
    assert (manifest.vehicle, manifest.expected_at) == ("粤A12345", due)
    _, manifest = stage_file(cast, data)
    assert (manifest.vehicle, manifest.expected_at) == ("粤A12345", due), "saying nothing takes nothing away"


def test_a_file_sent_again_is_judged_by_what_is_known_then_not_by_what_was_known_before(cast):
    _, known = stage(cast, [HEADER, person(1, "李梅")])
    commit(cast, known)
    data = xlsx({"名单": [["新"], HEADER, person(1, "李梅")]})
    held, manifest = stage_file(cast, data)
    assert (held.held, row_at(manifest, 3).issues) == (1, ["already_expected"])
    commands.cancel_manifest(actor=cast.clerk.actor, at=NOW, manifest=manifest, reason="发错")
    ExpectedArrival.objects.update(state="cancelled")
    anew, manifest = stage_file(cast, data)
    assert (anew.held, row_at(manifest, 3).issues) == (0, [])
    assert commit(cast, manifest).statement.matched == 1


def test_a_mapping_by_hand_is_applied_and_remembered(cast):
    rows = [["姓名", "其他", "备用"], ["李梅", "E1234567", "13800138000"]]
    _, manifest = stage(cast, rows)
    assert row_at(manifest, 2).outcome == "held"
    signature = manifest.report["sheets"][0]["tables"][0]["signature"]
    mapped = commands.map_columns(
        actor=cast.clerk.actor, at=NOW, manifest=manifest, signature=signature, columns={1: "passport", 2: "phone"}
    )
    assert (mapped.ready, mapped.held) == (1, 0)
    assert MappingMemory.objects.get().mapping == {"1": "passport", "2": "phone"}
    later, _ = stage(cast, [*rows, ["王强", "E7654321", "13800138001"]])
    assert (later.ready, later.held) == (2, 0)


def test_a_mapping_of_a_header_that_the_list_does_not_have_is_refused_and_not_remembered(cast):
    _, manifest = stage(cast, [["姓名", "其他"], ["李梅", "E1234567"]])
    with pytest.raises(InvalidInput) as refused:
        commands.map_columns(
            actor=cast.clerk.actor, at=NOW, manifest=manifest, signature="别的表头", columns={1: "passport"}
        )
    assert list(refused.value.fields) == ["signature"]
    assert not MappingMemory.objects.exists()


def test_a_file_name_is_kept_whole_or_refused(cast):
    content = base64.b64encode(xlsx({"名单": [HEADER, person(1)]})).decode()
    with pytest.raises(TextTooLong):
        commands.stage_manifest(
            actor=cast.clerk.actor, at=NOW, site=cast.site, file_name=f"{'长' * 200}.xlsx", content=content
        )
    assert not Manifest.objects.exists()


def test_long_household_labels_that_differ_at_their_end_alone_stay_two_households(cast):
    label = "海珠区江海街道" * 20
    rows = [[*person(n), f"{label}{n // 2}", "", ""] for n in range(4)]
    _, manifest = stage(cast, [FULL, *rows])
    keys = [row_at(manifest, 2 + n).party_key for n in range(4)]
    assert keys[0] == keys[1] != keys[2] == keys[3]
    assert max(map(len, keys)) <= 120


def test_other_scopes_and_roles_have_no_part_in_it(cast):
    _, manifest = stage(cast, [HEADER, person(1)])
    with pytest.raises(NotFound):
        commands.commit_manifest(actor=cast.outsider.actor, at=NOW, manifest=manifest)
    with pytest.raises(Forbidden):
        commands.commit_manifest(actor=cast.medic.actor, at=NOW, manifest=manifest)
    with pytest.raises(NotFound):
        stage(cast, [HEADER, person(2)], who=cast.outsider)


def test_a_file_that_cannot_be_read_says_why(cast):
    with pytest.raises(FileUnreadable) as caught:
        commands.stage_manifest(
            actor=cast.clerk.actor,
            at=NOW,
            site=cast.site,
            file_name="a.pdf",
            content=base64.b64encode(b"%PDF").decode(),
        )
    assert caught.value.context["reason"] == "file_not_a_table"
    assert not Manifest.objects.exists()


def test_the_category_of_a_row_goes_before_that_of_the_list(cast):
    _, manifest = stage(
        cast,
        [
            [*HEADER, "人员类别", "入境日期"],
            [*person(1, "李梅"), "密接", "2021-06-03"],
            [*person(2), "入境", date(2021, 6, 3)],
        ],
    )
    commit(cast, manifest)
    expected = {one.person.name: one for one in ExpectedArrival.objects.select_related("person")}
    assert expected["李梅"].category == "close_contact"
    assert expected["李梅"].last_exposure_at is None
    assert expected[person(2)[1]].last_exposure_at is not None


def test_verify_finds_rows_that_were_lost_or_left_behind(cast):
    _, manifest = stage(cast, [HEADER, person(1), person(2), person(3)])
    commit(cast, manifest)
    assert lists_balance(NOW).offenders == []
    assert lists_balance(NOW).figures["people_taken_from_lists"] == 3
    ExpectedArrival.objects.filter(person__manifest_rows__excel_row=2).delete()
    manifest.rows.filter(excel_row=3).update(resolution="", person=None)
    manifest.rows.filter(excel_row=4).delete()
    assert {offender.why for offender in lists_balance(NOW).offenders} == {
        "taken, but nobody is expected",
        "committed with rows left behind",
        "rows are missing",
    }


def test_every_issue_has_words():
    assert set(issue_codes()) >= HOLDS


def test_the_report_names_nobody(cast):
    _, manifest = stage(cast, [HEADER, person(1, "李梅")])
    report = json.dumps(file_report(manifest), ensure_ascii=False, default=str)
    assert "李梅" not in report
    assert person(1)[3] not in report


@pytest.fixture
def listed(tmp_path):
    path = tmp_path / "arrivals.xlsx"
    rows = [["名单（共4人）"], HEADER, person(1), person(2, document="440105199102090168"), [], person(3)]
    path.write_bytes(xlsx({"名单": rows}))
    return path


def test_the_terminal_stages_and_reports_every_row(cast, listed, capsys):
    assert main(["import", "arrivals", str(listed), "--site", "H01", "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["totals"] == {"rows": 6, "people": 3, "ready": 2, "held": 1, "skipped": 3}
    rows = {row["excel_row"]: (row["outcome"], row["issues"]) for row in report["sheets"][0]["rows"]}
    assert rows[4] == ("held", ["id_checksum"])
    assert rows[5] == ("skipped", [])
    assert [(issue["code"], issue["declared"], issue["counted"]) for issue in report["issues"]] == [
        ("total_mismatch", 4, 3)
    ]
    assert not Person.objects.exists()


def test_the_terminal_commits_and_states_the_account(cast, listed, capsys):
    assert main(["import", "arrivals", str(listed), "--site", "H01", "--commit", "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert (report["statement"]["made"], report["statement"]["held"], report["state"]) == (2, 1, "committed")
    assert IdentityDocument.objects.count() == 2


def test_the_terminal_says_by_its_status_what_went_wrong(cast, listed, tmp_path, capsys):
    assert main(["import", "arrivals", str(listed), "--site", "H01", "--strict"]) == 1
    assert main(["import", "arrivals", str(listed), "--site", "NONE"]) == 2
    assert main(["import", "arrivals", str(tmp_path / "missing.xlsx"), "--site", "H01"]) == 2
    (tmp_path / "bad.xlsx").write_bytes(b"PK\x03\x04 nothing")
    assert main(["import", "arrivals", str(tmp_path / "bad.xlsx"), "--site", "H01", "--json"]) == 1
    out = capsys.readouterr()
    assert "file_unreadable" in out.out
