"""All adoptions at one moment, read once: which pack governs where and when, for any number of stays."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from lazaretto.protocols.library import library
from lazaretto.protocols.rules import (
    Adoption,
    Edition,
    NoPackAdopted,
    Pack,
    editions,
    effective_pack,
    jurisdiction_path,
)


class Calendar:
    """Answers by jurisdiction and date. Answers are remembered, so a list of stays costs one look each."""

    def __init__(self, adoptions: Iterable[Adoption]) -> None:
        self.adoptions = tuple(adoptions)
        self._packs: dict[tuple[str, date], Pack] = {}
        self._editions: dict[tuple[str, date, str], tuple[Edition, ...]] = {}

    def pack_on(self, jurisdiction: str, on: date) -> Pack:
        """The pack in force, overlays laid over it; raises `NoPackAdopted`."""
        key = (jurisdiction, on)
        if key not in self._packs:
            self._packs[key] = effective_pack(library(), self.adoptions, jurisdiction_path(jurisdiction), on)
        return self._packs[key]

    def key_on(self, jurisdiction: str, on: date) -> str:
        """The key of the pack in force (code with overlays), empty when there is none."""
        try:
            return self.pack_on(jurisdiction, on).key
        except NoPackAdopted:
            return ""

    def editions_at(self, jurisdiction: str, first_on: date, kept: str = "") -> tuple[Edition, ...]:
        """The packs that govern a stay begun on `first_on`, one after another; raises `NoPackAdopted`.

        Where none is in force on that date any more, an order keeps the pack it recorded: `kept`, its key. Raises
        `PackUnknown` when that one is not shipped.
        """
        key = (jurisdiction, first_on, kept)
        if key not in self._editions:
            path = jurisdiction_path(jurisdiction)
            self._editions[key] = editions(library(), self.adoptions, path, first_on, kept=kept)
        return self._editions[key]

    def changed(self, *, add: Iterable[Adoption] = (), remove: Iterable[Adoption] = ()) -> Calendar:
        """The calendar as it would be after a decision that is only being considered."""
        gone = list(remove)
        return Calendar([*(known for known in self.adoptions if known not in gone), *add])
