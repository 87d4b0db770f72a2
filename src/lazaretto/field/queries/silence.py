"""Points whose phones nobody hears."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Max

from lazaretto.field.models import Device
from lazaretto.screening.models import Round
from lazaretto.slots.queries.paces import silence_by

SILENT = timedelta(minutes=15)  # at a point with a network a phone is heard every quarter of a minute


@silence_by
def silent_points(of: Round, at: datetime) -> set[UUID]:
    """Points with phones at work of which none was heard for so long. One query; a point without phones is none."""
    rows = Device.objects.filter(point__round=of, claimed_at__isnull=False, ended_at__isnull=True)
    heard = rows.values("point_id").annotate(last=Max("last_seen_at")).values_list("point_id", "last")
    return {point for point, last in heard if last is None or at - last > SILENT}
