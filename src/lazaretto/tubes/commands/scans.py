"""Tubes that scans name get their row here. `screening` knows nothing of us, so we look."""

from typing import Any
from uuid import UUID

from django.db import connection, transaction

from lazaretto.screening.models import Round
from lazaretto.tubes.commands.events import follow

# A scan may come after the events of its tube: then the row is there and learns when it was first used, and where.
_NEW = """INSERT INTO tubes_trail (code, round_id, point_id, opened_at, bag, laboratory, reason, doubts, standing)
SELECT tube.code, tube.round_id, tube.point_id, tube.opened_at, '', '', '', '[]', '' FROM screening_tube tube
WHERE tube.round_id = %s AND NOT EXISTS (SELECT 1 FROM tubes_trail trail WHERE trail.code = tube.code)
ORDER BY tube.code ON CONFLICT DO NOTHING"""
_LATE = """UPDATE tubes_trail SET opened_at = tube.opened_at, round_id = tube.round_id, point_id = tube.point_id
FROM screening_tube tube WHERE tube.code = tubes_trail.code AND tube.round_id = %s AND tubes_trail.opened_at IS NULL
RETURNING tubes_trail.code"""


def follow_scans(test_round: Round) -> int:
    """Give every tube of a round its row; returns how many were new. Safe to run twice at once.

    Those whose facts came before their scan are folded again: only what was told in their own round is about them.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_NEW, [_key(test_round.id)])
        made = cursor.rowcount
        cursor.execute(_LATE, [_key(test_round.id)])
        late = sorted(code for (code,) in cursor.fetchall())
        follow([], [(test_round.id, code) for code in late])
    return int(max(0, made))


def _key(pk: UUID) -> Any:
    return Round._meta.pk.get_db_prep_value(pk, connection)
