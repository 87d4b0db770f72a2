"""A list is tried from the terminal and leaves nothing; a file that names nobody is refused by name, here and there."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from lazaretto.arrivals import commands
from lazaretto.arrivals.errors import NobodyInFile
from lazaretto.arrivals.models import Manifest, ManifestRow
from lazaretto.arrivals.tests.offices import HEADER, person, xlsx
from lazaretto.config.cli import main
from lazaretto.core.models import JournalEntry
from tests.factories import NOW

pytestmark = pytest.mark.django_db
GARBAGE = b"lorem ipsum dolor\nsit amet;consectetur\n"


@pytest.fixture
def listed(tmp_path):
    path = tmp_path / "arrivals.xlsx"
    path.write_bytes(xlsx({"名单": [HEADER, person(1), person(2, document="440105199102090168")]}))
    return path


def call(path, *more):
    return main(["import", "arrivals", str(path), "--site", "H01", *more])


def upload(cast, name, content):
    data = {"file": SimpleUploadedFile(name, content), "category": "inbound"}
    return cast.clerk.client.post("/sites/H01/lists", data, headers={"accept-language": "en"})


def test_a_list_that_is_tried_leaves_nothing_behind(cast, listed, capsys):
    assert call(listed, "--json") == 0
    tried = json.loads(capsys.readouterr().out)
    assert (tried["totals"]["ready"], tried["totals"]["held"], tried["state"]) == (1, 1, "staged")
    assert not Manifest.objects.exists()
    assert not ManifestRow.objects.exists()
    assert not JournalEntry.objects.filter(command="arrivals.stage_manifest").exists()
    assert call(listed, "--commit", "--json") == 0
    committed = json.loads(capsys.readouterr().out)
    assert committed.keys() == tried.keys()
    assert Manifest.objects.get().rows.filter(resolution="created").count() == 1


def test_trying_a_list_says_that_nothing_was_stored(cast, listed, capsys):
    assert call(listed) == 0
    assert "--commit" in capsys.readouterr().out.splitlines()[-1]


@pytest.mark.parametrize("name", ["garbage.csv", "garbage.xls", "garbage.xlsx"])
@pytest.mark.parametrize("commit", [[], ["--commit"]])
def test_a_file_that_names_nobody_fails_and_says_what_to_do(cast, tmp_path, capsys, name, commit):
    path = tmp_path / name
    path.write_bytes(GARBAGE)
    assert call(path, "--json", *commit) == 1
    said = capsys.readouterr()
    error = json.loads(said.out)["error"]
    assert error["code"] == "nobody_in_file"
    assert error["detail"] in said.err
    assert not Manifest.objects.exists()


def test_a_header_without_anybody_under_it_fails_too(cast, tmp_path, capsys):
    path = tmp_path / "empty.xlsx"
    path.write_bytes(xlsx({"名单": [HEADER]}))
    assert call(path, "--json") == 1
    assert json.loads(capsys.readouterr().out)["error"]["code"] == "nobody_in_file"


def test_the_page_refuses_a_file_that_names_nobody_and_stores_no_list(cast):
    answer = upload(cast, "garbage.csv", GARBAGE)
    assert "Nobody was found in this file." in answer.content.decode()
    assert not Manifest.objects.exists()


def test_lines_under_headings_that_nobody_understands_are_kept_so_that_the_columns_can_be_named(cast):
    rows = xlsx({"名单": [["姓名", "某某"], ["——", "——"]]})
    answer = upload(cast, "list.xlsx", rows)
    assert answer.status_code == 302, "the columns can be named by hand"
    assert Manifest.objects.get().report["totals"]["people"] == 0


def test_the_command_refuses_it_by_name(cast):
    with pytest.raises(NobodyInFile):
        commands.stage_manifest(
            actor=cast.clerk.actor, at=NOW, site=cast.site, file_name="g.csv", content="bG9yZW0gaXBzdW0K"
        )
