"""An area keeps the clock and the rules of the site that its unit runs; any other those at home."""

from lazaretto.places.models import Site
from lazaretto.places.queries import AT_HOME, Home, home_of, homes_of


def test_an_area_has_the_home_of_its_site_and_any_other_the_one_at_home(cast, django_assert_num_queries):
    Site.objects.filter(pk=cast.site.pk).update(time_zone="Asia/Urumqi", jurisdiction="CN-65")
    here, above = cast.site.unit_id, cast.site.unit.parent_id
    with django_assert_num_queries(1):
        assert homes_of([here, above]) == {here: Home("Asia/Urumqi", "CN-65"), above: AT_HOME}
    assert home_of(here).jurisdiction == "CN-65"
    assert home_of(None) == AT_HOME
