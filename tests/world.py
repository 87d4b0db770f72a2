"""One example of everything that belongs to a place, all at the cast's site."""

from typing import Any

from django.db.models import Model

from lazaretto.accounts.models import Membership
from lazaretto.arrivals.models import ExpectedArrival, Manifest
from lazaretto.core.deadlines import Due, raise_alarm
from lazaretto.core.signing import sign
from lazaretto.people.models import Merge
from lazaretto.places.models import RoomList, Zone
from lazaretto.protocols.models import PackAdoption
from lazaretto.stays.deadlines import FEVER
from lazaretto.stays.models import Breach, Certificate, Release, Specimen
from tests import factories
from tests.factories import LONG_AGO, NOW

SIGNED = {
    "n": "C-1", "p": "王小明", "d": "", "s": "江畔酒店", "a": "区疾控中心", "f": "2026-11-01", "t": "2026-11-15",
    "x": [], "u": "",
}  # fmt: skip


def examples(cast) -> dict[type[Model], Any]:
    """By model; a model that is scoped and missing here fails the access matrix."""
    site, stay = cast.site, factories.stay(cast.site)
    expected_person, merged = factories.person("李娜", at_site=site), factories.person("李娜")
    manifest = Manifest.objects.create(
        site=site, file_name="a.xlsx", digest="0" * 64, content=b"", category="inbound", uploaded_at=NOW
    )
    release = Release.objects.create(stay=stay, kind="criteria", criteria=[], decided_at=NOW)
    adopted = {"jurisdiction": "CN", "starts_on": LONG_AGO.date(), "reason": "通告", "created_at": LONG_AGO}
    found = [
        site,
        site.unit,
        stay,
        stay.order,
        stay.person,
        site.rooms.first(),
        site.rooms.first().floor.building,
        manifest,
        release,
        Membership.objects.get(user=cast.clerk.user),
        Zone.objects.create(site=site, kind="clean", name="清洁区"),
        RoomList.objects.create(site=site, file_name="a.xlsx", staged_at=NOW),
        PackAdoption.objects.create(pack="cn-plan-8", **adopted),
        ExpectedArrival.objects.create(manifest=manifest, person=expected_person, site=site, party_id=stay.id),
        Specimen.objects.create(stay=stay, tube="T1", collected_at=NOW),
        Certificate.objects.create(release=release, number="C-1", token=sign(SIGNED), issued_at=NOW),
        Breach.objects.create(site=site, kind="door", noticed_at=NOW, description="门开着"),
        Merge.objects.create(kept=stay.person, merged=merged, merged_at=NOW),
        raise_alarm(Due(FEVER.code, stay, NOW, unit_id=site.unit_id, person_id=stay.person_id), at=NOW),
    ]
    return {type(row): row for row in found}
