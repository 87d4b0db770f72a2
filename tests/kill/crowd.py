"""Three sites, a hospital and people who stay; prints what the clients need as JSON. Run in a process of its own."""

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
from lazaretto.accounts.models import Unit  # noqa: E402
from lazaretto.accounts.queries import actor_for  # noqa: E402
from lazaretto.places.models import ExternalPlace  # noqa: E402
from lazaretto.protocols.models import PackAdoption  # noqa: E402
from tests import factories  # noqa: E402

NOW = datetime.now(tz=UTC)


def main(people: int) -> None:
    """Everybody in a room of one of three sites; a duty officer's token; the numbers of the stays as cards."""
    PackAdoption.objects.create(
        pack="cn-plan-9", jurisdiction="CN", starts_on=(NOW - timedelta(days=90)).date(), reason="test", created_at=NOW
    )
    sites = [factories.site(f"H0{n}", floors=10, rooms=people // 30 + 1, reserve_percent=0) for n in (1, 2, 3)]
    factories.user("administrator")
    duty = factories.user("duty_officer", Unit.objects.get(parent=None))
    stays = [factories.stay(sites[number % 3]) for number in range(people)]
    hospital = ExternalPlace.objects.create(kind="hospital", name="区人民医院")
    token = issue_token(actor=actor_for(duty, at=NOW), at=NOW, username=duty.username, label="chaos")
    told = {
        "token": token.secret,
        "sites": {site.code: str(site.id) for site in sites},
        "hospital": str(hospital.id),
        "people": [[str(stay.person_id), stay.site.code, stay.number] for stay in stays],
    }
    sys.stdout.write(json.dumps(told))


if __name__ == "__main__":
    call_command("migrate", verbosity=0)
    with transaction.atomic():
        main(int(sys.argv[1]))
