"""Tubes and bags of a round, and where they are."""

from django.db.models import QuerySet

from lazaretto.screening.models import Round
from lazaretto.tubes.models import Trail


def trails(of: Round) -> QuerySet[Trail]:
    """Tubes of a round, by code."""
    return Trail.objects.filter(round=of.pk).order_by("code")
