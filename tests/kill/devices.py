"""Makes codes for phones at a point; prints them as JSON. Run in a process of its own."""

import json
import os
import sys

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "lazaretto.config.settings"
django.setup()

from lazaretto.accounts.queries import actor_for  # noqa: E402
from lazaretto.core import clock  # noqa: E402
from lazaretto.field.commands import enrol_device  # noqa: E402
from lazaretto.screening.models import Point  # noqa: E402
from tests import factories  # noqa: E402


def main(point_id: str, phones: int) -> None:
    """As the point's leader does it."""
    now, point = clock.now(), Point.objects.select_related("round__unit").get(pk=point_id)
    leader = actor_for(factories.user("duty_officer", point.round.unit), at=now)
    made = [
        enrol_device(actor=leader, at=now, point=point, table=1, label=str(number), takes_over=None)
        for number in range(1, phones + 1)
    ]
    sys.stdout.write(json.dumps([one.code for one in made]))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
