"""What the pages of a site say is in the reader's language, and no date on them can be read in two ways."""

import re

import pytest

from lazaretto.places.checklist import items
from lazaretto.places.models import ChecklistAnswer
from tests.factories import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture(params=["zh-hans", "en"])
def language(request):
    return request.param


@pytest.fixture
def shown(cast, language):
    cast.site_lead.client.cookies["django_language"] = language
    return lambda page: cast.site_lead.client.get(f"/sites/H01/{page}").content.decode()


def test_the_checklist_gives_its_reasons_in_the_language_of_the_reader(shown, language):
    other = "en" if language == "zh-hans" else "zh-hans"
    page = shown("checklist/")
    assert "29 dead" in page or "29人遇难" in page
    for item in items().values():
        assert item.source[language].replace("'", "&#x27;") in page
        assert item.source[other] not in page


def test_the_day_of_a_check_is_written_year_month_day(cast, shown):
    ChecklistAnswer.objects.update_or_create(
        site=cast.site, item="fire", defaults={"passed": True, "evidence": "查验单 12", "checked_at": NOW}
    )
    page = shown("checklist/")
    assert re.search(rf"查验单 12 <span[^>]*>· {NOW:%Y-%m}-\d\d \d\d:\d\d", page)
    assert not re.search(r"\d{1,2}/\d{1,2}/\d{4}|[ap]\.m\.", page)
