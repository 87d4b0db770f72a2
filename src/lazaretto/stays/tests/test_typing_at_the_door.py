"""What is typed at a door is read, and saved once however often it is sent."""

from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest

from lazaretto.stays.models import Observation
from lazaretto.stays.rules import Entry, UnreadableEntry, read_entry, write_entry
from tests import factories
from tests.factories import NOW


@pytest.mark.parametrize(
    ("typed", "entry"),
    [
        ("36.5", Entry(Decimal("36.5"), (), no_answer=False)),
        ("365", Entry(Decimal("36.5"), (), no_answer=False)),
        ("37", Entry(Decimal("37.0"), (), no_answer=False)),
        ("３７。８ c s", Entry(Decimal("37.8"), ("cough", "sore_throat"), no_answer=False)),
        ("38,1cc", Entry(Decimal("38.1"), ("cough",), no_answer=False)),
        ("N", Entry(None, (), no_answer=True)),
        ("无应答", Entry(None, (), no_answer=True)),
    ],
)
def test_what_is_typed_is_read(typed, entry):
    assert read_entry(typed) == entry
    assert read_entry(write_entry(entry.temperature, entry.symptoms, no_answer=entry.no_answer)) == entry


@pytest.mark.parametrize("typed", ["", "fine", "3", "36.55", "365 x", "c s", "-36"])
def test_what_means_nothing_is_refused(typed):
    with pytest.raises(UnreadableEntry):
        read_entry(typed)


@pytest.mark.django_db
class TestSavingADoor:
    @pytest.fixture
    def door(self, cast):
        stay = factories.stay(cast.site)
        taken = (NOW - timedelta(hours=6)).isoformat()
        return {
            "stay": stay.id,
            "day": "2026-11-21",
            "slot": "morning",
            "entry": "38.4 c",
            "client_id": uuid4(),
            "taken_at": taken,
        }

    def post(self, client, door):
        return client.post("/sites/H01/rounds/save", door, headers={"accept": "application/json"})

    def test_the_same_entry_sent_twice_is_saved_once(self, cast, door):
        first, second = self.post(cast.medic.client, door), self.post(cast.medic.client, door)
        assert (first.status_code, first.json()) == (200, second.json())
        assert first.json()["alarm"] is True
        seen = Observation.objects.get()
        assert (seen.temperature, seen.symptoms) == (Decimal("38.4"), ["cough"])
        assert seen.taken_at == NOW - timedelta(hours=6)

    def test_nonsense_gets_a_clear_answer_and_saves_nothing(self, cast, door):
        answer = self.post(cast.medic.client, {**door, "entry": "hot"})
        assert (answer.status_code, answer.json()["code"]) == (422, "temperature_needed")
        assert not Observation.objects.exists()

    def test_another_site_s_medic_finds_nothing_and_the_clerk_may_not(self, cast, door):
        assert self.post(cast.outsider.client, door).status_code == 404
        assert self.post(cast.clerk.client, door).status_code == 403


@pytest.mark.django_db
@pytest.mark.parametrize("page", ["rounds", "sampling", "results", "positives", "release"])
def test_every_page_of_the_day_opens_in_both_languages(cast, page):
    factories.stay(cast.site)
    for language in ("zh-hans", "en"):
        answer = cast.site_lead.client.get(f"/sites/H01/{page}", headers={"accept-language": language})
        assert answer.status_code == 200
    assert cast.outsider.client.get(f"/sites/H01/{page}").status_code == 404
