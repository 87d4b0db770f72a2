"""Which rule pack is in force where, when: joins the shipped packs and the adoptions in the database."""

from datetime import date

from lazaretto.protocols.library import library
from lazaretto.protocols.models import PackAdoption
from lazaretto.protocols.rules import Adoption, Edition, Pack, editions, effective_pack, jurisdiction_path


def adoptions_for(path: tuple[str, ...]) -> list[Adoption]:
    """Everything adopted on a path of jurisdictions; one query."""
    rows = PackAdoption.objects.filter(jurisdiction__in=path).order_by("starts_on", "pack")
    return [
        Adoption(
            code=row.pack, jurisdiction=row.jurisdiction, effective_from=row.starts_on, effective_until=row.ends_on
        )
        for row in rows
    ]


def effective(jurisdiction: str, on: date) -> Pack:
    """The pack in force at a place on a local date, overlays laid over it; raises `NoPackAdopted`."""
    path = jurisdiction_path(jurisdiction)
    return effective_pack(library(), adoptions_for(path), path, on)


def editions_at(jurisdiction: str, first_on: date) -> tuple[Edition, ...]:
    """The packs that follow one another at a place from a local date on; raises `NoPackAdopted`."""
    path = jurisdiction_path(jurisdiction)
    return editions(library(), adoptions_for(path), path, first_on)
