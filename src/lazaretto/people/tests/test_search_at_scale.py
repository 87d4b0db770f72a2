"""Search stays fast because each question walks an index; the measure of `lazaretto bench lists` asks them all."""

import pytest
from django.db import connection

from lazaretto.core.access import Actor
from lazaretto.core.ids import new_id
from lazaretto.people import bench
from lazaretto.people.models import Person, SearchToken
from lazaretto.people.proofs import identity_sealed, people_can_be_found
from lazaretto.people.queries.search import name_hits
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db


def test_the_measure_fills_with_whole_people_and_asks_every_question(cast):
    bench.fill(120, units=[cast.site.unit_id, cast.other_site.unit_id], at=NOW)
    assert Person.objects.count() == 120
    assert identity_sealed(NOW).offenders == people_can_be_found(NOW).offenders == []
    timings = bench.measure(cast.clerk.actor, rounds=2)
    assert len({timing.question for timing in timings}) == 10
    assert all(0 < timing.median_ms <= timing.p95_ms for timing in timings)


@pytest.mark.parametrize("everywhere", [True, False])
def test_a_prefix_is_one_range_of_one_index(cast, everywhere):
    bench.fill(400, units=[cast.site.unit_id], at=NOW)
    units = None if everywhere else frozenset({cast.site.unit_id})
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")
    plan = name_hits("wang", units)[:20].explain()
    assert "search_token" in plan or "sqlite_autoindex_people_searchtoken" in plan
    assert "SCAN people_searchtoken" not in plan
    assert "Seq Scan" not in plan
    assert "Sort" not in plan or not everywhere


def test_a_token_is_sorted_by_bytes_on_every_database(cast):
    for name in ("Zoe", "anna", "Émile", "王一", "阿里"):
        factories.person(name, at_site=cast.site)
    tokens = list(SearchToken.objects.order_by("token").values_list("token", flat=True))
    assert tokens == sorted(tokens, key=str.encode)


def test_the_system_actor_searches_the_whole_district(cast):
    bench.fill(30, units=[cast.other_site.unit_id], at=NOW)
    assert all(timing.asked == 1 for timing in bench.measure(Actor.system("bench"), rounds=1))


def test_verify_names_a_token_that_leads_to_nobody(cast):
    stray = SearchToken.objects.create(token="wzx", person_id=new_id())
    assert [(one.kind, one.id) for one in people_can_be_found(NOW).offenders] == [("search_token", str(stray.pk))]
    stray.delete()  # SQLite does look people up when the transaction ends
