"""Tubes of quarantine sites among a laboratory's results: they are answered where the person stays."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from lazaretto.core.access import Actor
from lazaretto.stays.choices import SpecimenState
from lazaretto.stays.commands import take_result
from lazaretto.stays.rules import REPORTED
from lazaretto.tubes.choices import Hold, LineState
from lazaretto.tubes.models import ResultFile, ResultLine
from lazaretto.tubes.queries.results import specimens_with
from lazaretto.tubes.rules import SITE_TAKES

LONGEST_NAME = 80  # of a laboratory, beside a specimen


def answer_sites(file: ResultFile, rows: Sequence[ResultLine], actor: Actor, at: datetime) -> list[tuple[Any, ...]]:
    """Let each of these lines count at its site; returns state, holds and key of each line.

    A line of a site that the actor does not report for is held. A positive becomes the site's alarm and its question:
    nobody is moved by it.
    """
    found = {one.tube: one for one in specimens_with(row.tube for row in rows)}
    became: list[tuple[Any, ...]] = []
    for row in rows:
        site, state = found[row.tube].stay.site, found[row.tube].state
        if not actor.may(REPORTED, site.unit_id):
            became.append((LineState.HELD, [Hold.OTHER_SITE], row.pk))
            continue
        became.append((LineState.AT_SITE, [], row.pk))
        if state == SpecimenState.CONFIRMED_POSITIVE:
            continue  # that it is positive was the first finding: nothing new
        said = [value for value in (row.ct_n, row.ct_orf) if value is not None]
        take_result(
            actor=actor, at=at, site=site, tube=row.tube, result=SITE_TAKES[row.outcome],
            laboratory=file.laboratory.name[:LONGEST_NAME], ct_value=min(said, default=None),
        )  # fmt: skip
    return became
