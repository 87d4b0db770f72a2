"""The glossary names only what exists, and every pack that ships is told in docs/rule-packs.md."""

import re
from pathlib import Path

import pytest
from django.apps import apps

from lazaretto.core.commands import REGISTRY
from lazaretto.protocols import rules
from lazaretto.protocols.choices import Category, Setting
from lazaretto.protocols.library import library

DOCS = Path(__file__).resolve().parents[2] / "docs"
GLOSSARY = (DOCS / "glossary.md").read_text(encoding="utf-8")
OWN = {config.label for config in apps.get_app_configs() if config.name.startswith("lazaretto.")}
NAMED = [match for match in re.findall(r"`(\w+)\.(\w+)`", GLOSSARY) if match[0] in OWN and match[1] != "verb_noun"]


@pytest.mark.parametrize(("app", "name"), [pair for pair in NAMED if pair[1] != "Model"])
def test_a_model_or_command_that_is_named_exists(app, name):
    models = {model.__name__ for model in apps.get_app_config(app).get_models()}

    assert name in models or f"{app}.{name}" in REGISTRY


def test_what_is_named_of_the_rules_exists():
    for name in re.findall(r"`protocols\.rules:(\w+)`", GLOSSARY):
        assert hasattr(rules, name), name


def test_every_category_and_setting_has_its_word():
    for code in (*Category.values, *Setting.values):
        assert f"`{code}`" in GLOSSARY


def test_every_pack_and_overlay_is_told():
    told = (DOCS / "rule-packs.md").read_text(encoding="utf-8")
    for code in library().codes:
        assert f"`{code}`" in told
