"""The duties of tubes: a round or a site that cannot be followed stops no other, and is not passed over."""

import pytest

from lazaretto.core.choices import DeadlineState
from lazaretto.core.models import Deadline
from lazaretto.screening.tests.rounds import open_one, opened, scan, send
from lazaretto.stays import commands as stays
from lazaretto.tubes import duties
from lazaretto.tubes.models import Trail
from lazaretto.tubes.tests.ways import HOUR
from tests.cast import member as somebody
from tests.factories import NOW, stay

pytestmark = pytest.mark.django_db


@pytest.fixture
def failing(monkeypatch):
    """What follows from one of them raises."""

    def make(name, bad):
        real = getattr(duties, name)

        def follow(one, *, at):
            if one == bad:
                raise OSError(f"no way for {one.pk}")
            return real(one, at=at)

        monkeypatch.setattr(duties, name, follow)

    return make


@pytest.mark.parametrize("bad", [0, 1])
def test_a_round_that_fails_stops_no_other(cast, failing, caplog, bad):
    of, place = opened(cast)
    following, there = open_one(cast)
    send(cast, place, scan(1, tube="T1")), send(cast, there, scan(1, tube="T2"))
    failing("follow_round", [of, following][bad])
    with pytest.raises(ExceptionGroup) as raised:
        duties.follow(NOW)
    assert [row.code for row in Trail.objects.all()] == [["T2", "T1"][bad]]
    assert len(raised.value.exceptions) == 1
    assert f"tubes of round {[of, following][bad].pk} failed" in caplog.text


@pytest.mark.parametrize("bad", [0, 1])
def test_a_site_that_fails_stops_no_other(cast, failing, caplog, bad):
    sites = [cast.site, cast.other_site]
    for number, one in enumerate(sites):
        medic = somebody("medic", one.unit).actor
        stays.collect_specimen(actor=medic, at=NOW - HOUR, stay=stay(one), tube=f"S{number}")
    failing("follow_site", sites[bad])
    with pytest.raises(ExceptionGroup):
        duties.follow_sites(NOW)
    waiting = Deadline.objects.filter(kind="tubes.site", state=DeadlineState.OPEN)
    assert [row.unit_id for row in waiting] == [sites[1 - bad].unit_id]
    assert f"tubes of site {sites[bad].pk} failed" in caplog.text


def test_where_nothing_fails_the_duties_say_how_much_they_found(cast):
    _of, place = opened(cast)
    send(cast, place, scan(1, tube="T1"))
    assert [duties.follow(NOW), duties.follow(NOW), duties.follow_sites(NOW)] == [1, 0, 0]
