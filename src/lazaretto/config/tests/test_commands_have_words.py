"""Whoever reads the journal reads words: every command has them, in both languages."""

import pytest
from django.utils.translation import override

from lazaretto.core.commands import REGISTRY
from lazaretto.core.spoken import spoken

COMMANDS = sorted(name for name in REGISTRY if not name.startswith("tests."))


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_command_is_called_something_that_is_not_its_code(language):
    with override(language):
        assert [name for name in COMMANDS if spoken(name) == name] == []


def test_the_words_are_chinese_for_who_reads_chinese():
    with override("zh-hans"):
        assert [name for name in COMMANDS if spoken(name).isascii()] == []


def test_a_command_that_exists_no_more_keeps_its_name():
    assert spoken("old.command") == "old.command"
