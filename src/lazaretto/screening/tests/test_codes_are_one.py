"""One tube is one code, however it was typed or scanned: on the phone, at the desk, in files and over the interface."""

import json
from pathlib import Path

import pytest
from pydantic import TypeAdapter

import lazaretto.field
from lazaretto.core.codes import tidy_code
from lazaretto.core.ids import new_id
from lazaretto.screening.commands.scans import TakenScan
from tests.factories import NOW

EXAMPLES = json.loads((Path(lazaretto.field.__file__).parent / "tests" / "codes.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize(("code", "said"), [(code, one) for code, many in EXAMPLES.items() for one in many])
def test_every_way_of_saying_a_code_is_the_same_code(code, said):
    assert tidy_code(said) == code
    scan = {"id": str(new_id()), "tube": said, "slot": 1, "at": NOW.isoformat()}
    assert TypeAdapter(TakenScan).validate_python(scan).tube == code
