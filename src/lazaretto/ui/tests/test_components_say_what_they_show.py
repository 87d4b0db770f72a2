"""The tags render what the page needs, and refuse what would fail silently."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django import forms
from django.template import Context, Template, TemplateSyntaxError
from django.utils import timezone

from lazaretto.ui import icons, qr
from lazaretto.ui.templatetags.ui import ROOM_STATES

UI = Path(__file__).resolve().parents[1]


def rendered(source: str, **context: object) -> str:
    return Template("{% load ui %}" + source).render(Context(context))


def test_an_icon_is_decoration_unless_it_is_named() -> None:
    assert 'aria-hidden="true"' in rendered('{% icon "bed" %}')
    assert 'role="img" aria-label="床"' in rendered('{% icon "bed" label="床" %}')


def test_an_unknown_icon_is_refused_by_name() -> None:
    with pytest.raises(TemplateSyntaxError, match="no icon 'bedd'"):
        rendered('{% icon "bedd" %}')


def test_every_room_state_is_shown_by_word_and_mark_not_by_colour_alone() -> None:
    for state, (label, mark) in ROOM_STATES.items():
        pill = rendered("{% room_state state %}", state=state)
        assert str(label) in pill
        assert f"#{mark}" in pill
        assert mark in icons.names()


def test_text_from_data_is_escaped_everywhere() -> None:
    nasty = "<script>alert(1)</script>"
    source = (
        '{% badge x %}{% kpi x x icon="bed" note=x note_value=x %}{% bar 1 2 x %}'
        '{% deflist rows %}{% icon "bed" label=x %}'
        "{% empty x %}{% endempty %}{% note %}{{ x }}{% endnote %}{% dialog 'd' x %}{{ x }}{% enddialog %}"
        "{% confirm 'c' title=x action=x button=x %}{{ x }}{% endconfirm %}{% qr_code 'a' label=x %}"
    )
    assert nasty not in rendered(source, x=nasty, rows=[(nasty, nasty)])


def test_steps_name_the_one_that_is_under_way() -> None:
    html = rendered("{% steps labels 2 %}", labels=["Confirm", "Send", "Leave"])
    assert re.search(r'<li aria-current="step">Send', html)
    assert html.count('data-step="done"') == 1


def test_empty_values_leave_no_line_in_a_definition_list() -> None:
    html = rendered("{% deflist rows %}", rows=[("Room", "1204"), ("Bed", ""), ("Day", 0)])
    assert html.count("<dt>") == 2


def test_a_field_with_an_error_is_tied_to_its_message() -> None:
    class Sample(forms.Form):
        name = forms.CharField(label="Name", help_text="As on the document.")

    html = str(Sample({"name": ""}))
    described = re.search(r'<input[^>]*aria-describedby="([^"]+)"', html)
    assert described is not None
    assert all(f'id="{part}"' in html for part in described[1].split())
    assert 'aria-invalid="true"' in html
    assert '<a href="#id_name">Name</a>' in html


def test_choice_groups_have_a_legend_and_boxes_a_label() -> None:
    class Sample(forms.Form):
        symptoms = forms.MultipleChoiceField(choices=[("a", "Fever")], widget=forms.CheckboxSelectMultiple)
        agreed = forms.BooleanField(label="Agreed")

    html = str(Sample())
    assert "<legend>Symptoms" in html
    assert re.search(
        r'<label class="form-check"><input[^>]*form-check-input[^>]*><span class="form-check-label">Agreed', html
    )


def test_midnight_as_an_end_belongs_to_the_day_before() -> None:
    with timezone.override("Asia/Shanghai"):
        assert rendered("{{ when|until }}", when=datetime(2026, 11, 9, 16, 0, tzinfo=UTC)) == "11-09 24:00"
        assert rendered("{{ when|until }}", when=datetime(2026, 11, 9, 2, 5, tzinfo=UTC)) == "11-09 10:05"
        assert rendered("{{ when|until }}", when=None) == ""


def test_a_qr_code_is_an_svg_without_style_attributes() -> None:
    svg = qr.svg("LZ:1", label="Door & room")
    assert svg.startswith("<svg")
    assert "style=" not in svg
    assert "Door &amp; room" in svg


def test_no_template_breaks_the_security_policy() -> None:
    """No inline style, script or handler in any template of any app."""
    forbidden = re.compile(r"\sstyle=|<style|\son[a-z]{3,}=|hx-on|javascript:|<script(?![^>]*\ssrc=)")
    for template in UI.parent.glob("*/templates/**/*.html"):
        if template.name == "copy.html":  # the register on disk: read without the server, so without a policy
            continue
        found = forbidden.search(template.read_text(encoding="utf-8"))
        assert found is None, f"{template.name}: {found}"


def test_every_icon_named_in_a_template_exists() -> None:
    used = re.compile(r'(?:icon(?:_name)?[ =])"([a-z0-9-]+)"')
    for template in UI.parent.glob("*/templates/**/*.html"):
        missing = set(used.findall(template.read_text(encoding="utf-8"))) - icons.names()
        assert not missing, f"{template.name}: {missing}"


def test_vendored_files_carry_a_licence_and_no_source_map() -> None:
    for library in (UI / "static/vendor").glob("*/*"):
        assert (library / "LICENSE").is_file(), library
    for file in (UI / "static").rglob("*.*s"):
        assert "sourceMappingURL" not in file.read_text(encoding="utf-8"), file
