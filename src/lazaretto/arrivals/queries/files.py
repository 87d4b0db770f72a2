"""Reading a file before the command that stages it, so that its transaction is short."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from lazaretto.arrivals.manifest import Field
from lazaretto.arrivals.models import MappingMemory
from lazaretto.arrivals.reading import Chosen, ReadFile, read_ahead, take
from lazaretto.places.models import Site


def read_first(site: Site, file_name: str, content: bytes, *, at: datetime) -> None:
    """Read the file as `stage_manifest` will, which then takes the result. Raises `FileUnreadable`."""
    read_ahead(content, file_name, on=_today(site, at), chosen=remembered())


def read_now(site: Site, file_name: str, content: bytes, *, at: datetime) -> ReadFile:
    """The file as it was read first, or read now if nobody did. Raises `FileUnreadable`."""
    return take(content, file_name, on=_today(site, at), chosen=remembered())


def _today(site: Site, at: datetime) -> date:
    return at.astimezone(ZoneInfo(site.time_zone)).date()


def remembered() -> Chosen:
    """What people said about headers before."""
    return {
        memory.digest: {int(index): Field(name) for index, name in memory.mapping.items()}
        for memory in MappingMemory.objects.all()
    }
