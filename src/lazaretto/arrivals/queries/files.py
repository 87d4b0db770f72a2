"""Reading a file before the command that stages it, so that its transaction is short."""

from datetime import datetime
from zoneinfo import ZoneInfo

from lazaretto.arrivals.manifest import Field
from lazaretto.arrivals.models import MappingMemory
from lazaretto.arrivals.reading import Chosen, ReadFile, read_file
from lazaretto.places.models import Site


def read_first(site: Site, file_name: str, content: bytes, *, at: datetime) -> ReadFile:
    """Read the file as `stage_manifest` will, which then finds the result ready. Raises `FileUnreadable`."""
    on = at.astimezone(ZoneInfo(site.time_zone)).date()
    return read_file(content, file_name, on=on, chosen=remembered())


def remembered() -> Chosen:
    """What people said about headers before."""
    return {
        memory.digest: {int(index): Field(name) for index, name in memory.mapping.items()}
        for memory in MappingMemory.objects.all()
    }
