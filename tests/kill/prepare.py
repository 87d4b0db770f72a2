"""Fills an empty database for the kill tests; prints what the clients need as JSON. Run in a process of its own."""

import json
import os
import sys
from datetime import UTC, datetime, timedelta

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "lazaretto.config.settings"
django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import transaction  # noqa: E402

from lazaretto.accounts.commands import issue_token  # noqa: E402
from lazaretto.accounts.queries import actor_for  # noqa: E402
from lazaretto.arrivals.models import ExpectedArrival, Manifest  # noqa: E402
from lazaretto.protocols.models import PackAdoption  # noqa: E402
from tests import factories  # noqa: E402

NOW = datetime.now(tz=UTC)


def main(people: int) -> None:
    """A site with a room for everybody, a clerk with a token, and a bus with `people` expected."""
    PackAdoption.objects.create(
        pack="cn-plan-9", jurisdiction="CN", starts_on=(NOW - timedelta(days=90)).date(), reason="test", created_at=NOW
    )
    site = factories.site("H01", floors=10, rooms=people // 10 + 1, reserve_percent=0)
    factories.user("administrator")
    clerk = factories.user("site_lead", site.unit)
    manifest = Manifest.objects.create(
        site=site, file_name="bus", digest="bus", content=b"", category="inbound", uploaded_at=NOW,
        committed_at=NOW, state="committed",
    )  # fmt: skip
    rooms = list(site.rooms.order_by("number"))
    expected = [
        ExpectedArrival.objects.create(
            manifest=manifest,
            person=person,
            site=site,
            room=rooms[number],
            party_id=person.id,
            last_exposure_at=NOW - timedelta(hours=9),
        )
        for number in range(people)
        for person in [factories.person(f"客人{number}", at_site=site)]
    ]
    token = issue_token(actor=actor_for(clerk, at=NOW), at=NOW, username=clerk.username, label="kill")
    sys.stdout.write(
        json.dumps({"token": token.secret, "site": str(site.id), "expected": [str(one.id) for one in expected]})
    )


if __name__ == "__main__":
    call_command("migrate", verbosity=0)
    with transaction.atomic():
        main(int(sys.argv[1]))
