"""Translations are complete, and the tool that keeps them so works."""

import gettext

import pytest

from lazaretto.config import messages

PYTHON = """
from django.utils.translation import gettext_lazy as _, ngettext, pgettext
TITLE = _("Room")
LONG = _("one line "
         "and another")
def beds(count): return ngettext("{n} bed", "{n} beds", count)
STATE = pgettext("door", "open")
GREETING = f"{_('Good night')}, {len(TITLE)}"
SKIPPED = _(TITLE)
"""
TEMPLATE = (
    '{% load i18n %}<p title="{% translate "Floor" %}">{% blocktranslate trimmed with n=x %}\n'
    "  Hello {{ n }}\n{% endblocktranslate %}</p>"
)
SCRIPT = 'export const text = gettext("Saved");'


@pytest.fixture
def app(tmp_path):
    """An app with texts in Python, a template and a script, and none elsewhere."""
    folder = tmp_path / "app"
    for name, content in {
        "views.py": PYTHON,
        "templates/app/page.html": TEMPLATE,
        "static/app/page.js": SCRIPT,
        "tests/test_views.py": '_("never")',
        "static/vendor/lib.js": 'gettext("never")',
    }.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    return folder


def texts(catalogue):
    return {message.id for message in catalogue if message.id}


def kinds(app):
    return {(fault.kind, fault.text) for fault in messages._check_app(app)}


def test_texts_of_code_templates_and_scripts_are_found_and_nothing_of_tests_or_vendors(app):
    assert texts(messages.extract(app)) == {
        "Room",
        "one line and another",
        ("{n} bed", "{n} beds"),
        "open",
        "Floor",
        "Hello %(n)s",
        "Saved",
        "Good night",
    }


def test_an_update_keeps_translations_drops_what_fell_away_and_carries_no_line_numbers(app):
    assert messages.update(app) == (8, [])
    po = messages.po_file(app)
    po.write_text(po.read_text().replace('msgid "Floor"\nmsgstr ""', 'msgid "Floor"\nmsgstr "楼层"'))
    (app / "static/app/page.js").unlink()

    assert messages.update(app) == (0, ['"Saved"'])
    content = po.read_text()
    assert 'msgid "Floor"\nmsgstr "楼层"' in content
    assert "Saved" not in content
    assert "#:" not in content
    assert "Date" not in content


def test_the_check_names_what_is_missing_fuzzy_obsolete_or_lost_a_placeholder(app):
    messages.update(app)
    po = messages.po_file(app)
    content = po.read_text()
    content = content.replace('msgid "Floor"\nmsgstr ""', '#, fuzzy\nmsgid "Floor"\nmsgstr "楼层"')
    content = content.replace('msgid "Hello %(n)s"\nmsgstr ""', 'msgid "Hello %(n)s"\nmsgstr "您好"')
    po.write_text(content + '\nmsgid "Gone"\nmsgstr "已去"\n')

    found = kinds(app)

    assert ("missing", '"Room"') in found
    assert ("fuzzy", '"Floor"') in found
    assert ("placeholder", '"Hello %(n)s"') in found
    assert ("obsolete", '"Gone"') in found


def test_a_catalogue_is_compiled_when_it_is_newer_and_left_alone_otherwise(app, tmp_path):
    messages.update(app)
    po = messages.po_file(app)
    po.write_text(po.read_text().replace('msgid "Room"\nmsgstr ""', 'msgid "Room"\nmsgstr "房间"'))

    assert messages.compile_stale(package=tmp_path) == 1
    assert messages.compile_stale(package=tmp_path) == 0
    with po.with_suffix(".mo").open("rb") as file:
        assert gettext.GNUTranslations(file).gettext("Room") == "房间"


def test_every_text_of_the_program_is_translated():
    assert [str(fault) for fault in messages.check()] == []
