"""A pack file that breaks the schema is refused with every error and its place."""

import copy
import tomllib
from importlib.resources import files

import pytest

from lazaretto.protocols.rules import Library, PackInvalid, PackUnknown

FOLDER = files("lazaretto.protocols") / "packs"


@pytest.fixture
def table():
    return tomllib.loads((FOLDER / "cn-plan-8.toml").read_text(encoding="utf-8"))


@pytest.fixture
def overlay():
    return tomllib.loads((FOLDER / "overlays" / "local-7-7.toml").read_text(encoding="utf-8"))


def errors_of(table, overlay=None):
    with pytest.raises(PackInvalid) as caught:
        Library({"pack.toml": table}, {"overlay.toml": overlay} if overlay else {})
    return caught.value.errors


def test_all_errors_are_reported_at_once(table):
    del table["source"]["document"]
    table["look_back_days"] = "two"
    table["transition"]["running_stays"] = "whatever"

    assert errors_of(table) == (
        "source.document: is missing",
        "transition.running_stays: must be one of new_applies, old_applies, shorter_applies, not 'whatever'",
        "look_back_days: must be a whole number, not 'two'",
    )


def test_a_key_that_is_not_known_is_refused(table):
    table["categories"]["inbound"]["phases"][0]["dyas"] = 14

    assert errors_of(table) == ("categories.inbound.phases[0].dyas: is not a known key",)


def test_an_unknown_category_is_refused(table):
    table["categories"]["tourist"] = {}

    assert "categories.tourist: is not a category" in errors_of(table)[0]


def test_a_test_after_the_last_day_is_refused(table):
    table["categories"]["inbound"]["phases"][0]["tests"] = [1, 15]

    assert errors_of(table) == ("categories.inbound.phases[0].tests: day 15 is outside the phase's days 1 to 14",)


def test_a_release_test_needs_a_test_day(table):
    table["categories"]["inbound"]["phases"][0]["tests"] = []

    assert errors_of(table) == ("categories.inbound.phases[0].release: asks for a test, but the phase has no test day",)


def test_home_before_the_central_site_is_refused(table):
    table["categories"]["inbound"]["phases"].reverse()

    assert errors_of(table) == (
        "categories.inbound.phases: must go from the strictest setting to the mildest, each once",
    )


def test_an_overlay_is_tried_on_every_pack_it_names(table, overlay):
    overlay["changes"]["categories"]["secondary_contact"]["phases"][0]["days"] = 3

    assert "day 4 is outside the phase's days 1 to 3" in errors_of(table, overlay)[0]


def test_an_overlay_leaves_the_pack_under_it_as_it_was(table, overlay):
    before = copy.deepcopy(table)
    library = Library({"pack.toml": table}, {"overlay.toml": overlay})

    assert library.by_key("cn-plan-8+local-7-7").rule("secondary_contact").days == 14
    assert library.by_key("cn-plan-8").rule("secondary_contact").days == 7
    assert table == before


CADENCE = {
    "code": "district",
    "title": {"zh": "区", "en": "district"},
    "every_days": 1,
    "clean_rounds": 3,
    "source": {"document": "通告", "confidence": "unchecked"},
}


def test_a_cadence_needs_a_source_a_pause_before_what_comes_after_it_and_tubes_that_the_pack_names(table):
    table["cadences"] = [{**CADENCE, "rounds_after": 1}, {**CADENCE, "tubes": "ship"}]
    assert errors_of(table) == (
        "cadences[0].pause_days: rounds after the clean ones need a pause before them",
        "cadences: each needs a code of its own",
        "cadences: district names tubes of 'ship', of which the pack says nothing",
    )
    table["cadences"] = [{**CADENCE, "source": {"confidence": "unchecked"}}]
    assert errors_of(table) == ("cadences[0].source.document: is missing",)


def test_an_unknown_code_is_named():
    with pytest.raises(PackUnknown, match="'cn-plan-99'"):
        Library({}, {}).by_key("cn-plan-99")


def test_passes_need_hours_and_a_source(table):
    table["passes"] = {"hours": 1000, "source": {"confidence": "report"}}
    assert errors_of(table) == ("passes.hours: must be between 0 and 336, not 1000",)
    table["passes"] = {"hours": 24}
    assert "passes.source: is missing" in errors_of(table)
