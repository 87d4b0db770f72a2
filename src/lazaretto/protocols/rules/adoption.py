"""Which pack applies: adoptions by jurisdictions, overlays, and the editions that follow one another during a stay.

A jurisdiction path goes from the place outwards, e.g. ("CN-44-01-05", "CN-44-01", "CN-44", "CN"). Of all packs adopted
on the path, the one adopted last governs, whoever adopted it: a national edition ends an older local choice, so that a
forgotten local adoption holds nobody longer than the rule in force. A place that wants to keep something else says so
anew, or has an overlay. On one date the nearer jurisdiction wins.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from lazaretto.protocols.rules.pack import SHORTER_APPLIES, Overlay, Pack
from lazaretto.protocols.rules.schema import lay_over, parse_overlay, parse_pack

# A country and up to four levels below it, at most 19 characters: CN-44-01-05.
JURISDICTION: Final = r"[A-Z]{2,3}(-[0-9A-Z]{1,3}){0,4}"


class NoPackAdopted(LookupError):
    """No pack is in force on this jurisdiction path on this date; someone has to adopt one."""

    def __init__(self, path: Sequence[str], on: date) -> None:
        self.path = tuple(path)
        self.on = on
        super().__init__(f"no rule pack is in force for {'/'.join(path) or 'no jurisdiction'} on {on.isoformat()}")


class PackUnknown(LookupError):
    """No shipped pack or overlay has this code."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(f"no rule pack or overlay has the code {code!r}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Adoption:
    """A jurisdiction puts a pack or an overlay into force from a date, until the day before another (None: open).

    `transition` overrides what the pack itself says about running stays, when the adopting notice says so.
    """

    code: str
    jurisdiction: str
    effective_from: date
    effective_until: date | None = None
    transition: str = ""

    def in_force(self, on: date) -> bool:
        """Whether it holds on this local date."""
        return self.effective_from <= on and (self.effective_until is None or on < self.effective_until)


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """A pack in force from a local date on, and what it does to stays that are running on that date."""

    from_on: date
    pack: Pack
    transition: str


def jurisdiction_path(code: str) -> tuple[str, ...]:
    """From a jurisdiction outwards: `CN-44-01-05` lies in `CN-44-01`, `CN-44` and `CN`."""
    parts = code.split("-")
    return tuple("-".join(parts[:n]) for n in range(len(parts), 0, -1))


class Library:
    """All packs and overlays, parsed once. Raises PackInvalid for a file that breaks the schema."""

    def __init__(self, packs: Mapping[str, Mapping[str, Any]], overlays: Mapping[str, Mapping[str, Any]]) -> None:
        self._tables = {parse_pack(name, table).code: table for name, table in packs.items()}
        found = [parse_overlay(name, table) for name, table in overlays.items()]
        self.overlays: Mapping[str, Overlay] = {overlay.code: overlay for overlay in found}
        self._merged: dict[tuple[str, tuple[str, ...]], Pack] = {}
        for overlay in found:
            for code in overlay.packs:
                self.pack(code, (overlay.code,))

    @property
    def packs(self) -> tuple[Pack, ...]:
        """The packs without overlays, oldest first."""
        return tuple(sorted((self.pack(code) for code in self._tables), key=lambda k: (k.effective_from, k.code)))

    @property
    def codes(self) -> frozenset[str]:
        """The codes of all packs and overlays."""
        return frozenset(self._tables) | frozenset(self.overlays)

    def pack(self, code: str, overlays: tuple[str, ...] = ()) -> Pack:
        """A pack with overlays laid over it in the given order; raises PackUnknown."""
        key = (code, overlays)
        if key not in self._merged:
            self._merged[key] = self._merge(code, overlays)
        return self._merged[key]

    def by_key(self, key: str) -> Pack:
        """The pack that an order recorded, by `Pack.key`; raises PackUnknown."""
        code, *overlays = key.split("+")
        return self.pack(code, tuple(overlays))

    def _merge(self, code: str, overlays: tuple[str, ...]) -> Pack:
        if code not in self._tables:
            raise PackUnknown(code)
        table = self._tables[code]
        for overlay in overlays:
            if overlay not in self.overlays:
                raise PackUnknown(overlay)
            table = lay_over(table, self.overlays[overlay].changes)
        return parse_pack("+".join((code, *overlays)), table, overlays=overlays)


def effective_pack(library: Library, adoptions: Iterable[Adoption], path: Sequence[str], on: date) -> Pack:
    """The pack, overlays laid over it, that governs at a place on a local date; raises NoPackAdopted."""
    holding = [a for a in adoptions if a.jurisdiction in path and a.in_force(on)]
    packs = [a for a in holding if a.code not in library.overlays]
    if not packs:
        raise NoPackAdopted(path, on)
    chosen = max(packs, key=lambda a: (a.effective_from, -path.index(a.jurisdiction)))
    laid = [a for a in holding if a.code in library.overlays and chosen.code in library.overlays[a.code].packs]
    laid.sort(key=lambda a: (-path.index(a.jurisdiction), a.effective_from, a.code))
    return library.pack(chosen.code, tuple(dict.fromkeys(a.code for a in laid)))


def editions(
    library: Library,
    adoptions: Iterable[Adoption],
    path: Sequence[str],
    first_on: date,
    last_on: date | None = None,
    kept: str = "",
) -> tuple[Edition, ...]:
    """The packs that govern one after another from `first_on` to `last_on`, the first being in force on `first_on`.

    An order keeps the rule it was made under. Should a later date have none (an adoption was ended and nothing
    followed), the edition before it goes on; should the first date have none any more (the adoption was withdrawn),
    the pack whose key the order recorded (`kept`) governs. Raises NoPackAdopted without either, PackUnknown.
    """
    known = [a for a in adoptions if a.jurisdiction in path]
    found = [Edition(from_on=first_on, pack=_first_pack(library, known, path, first_on, kept), transition="")]
    for on in _dates_of_change(known, first_on, last_on):
        try:
            pack = effective_pack(library, known, path, on)
        except NoPackAdopted:
            continue
        if pack.key != found[-1].pack.key:
            found.append(
                Edition(from_on=on, pack=pack, transition=_transition(library, known, found[-1].pack, pack, on))
            )
    return tuple(found)


def _first_pack(library: Library, adoptions: Sequence[Adoption], path: Sequence[str], on: date, kept: str) -> Pack:
    try:
        return effective_pack(library, adoptions, path, on)
    except NoPackAdopted:
        if not kept:
            raise
        return library.by_key(kept)


def _dates_of_change(adoptions: Sequence[Adoption], first_on: date, last_on: date | None) -> list[date]:
    dates = {a.effective_from for a in adoptions} | {a.effective_until for a in adoptions if a.effective_until}
    return sorted(on for on in dates if first_on < on and (last_on is None or on <= last_on))


def _transition(library: Library, adoptions: Sequence[Adoption], before: Pack, after: Pack, on: date) -> str:
    """The written rule of what begins on the date; of an overlay that merely ends, its rule for that."""
    if before.code != after.code:
        return _said_at(adoptions, after.code, on) or after.transition
    for code in reversed(after.overlays):
        if code not in before.overlays:
            return _said_at(adoptions, code, on) or library.overlays[code].transition
    ended = [code for code in before.overlays if code not in after.overlays]
    return library.overlays[ended[-1]].transition_at_end if ended else SHORTER_APPLIES


def _said_at(adoptions: Sequence[Adoption], code: str, on: date) -> str:
    return next((a.transition for a in adoptions if a.code == code and a.effective_from == on and a.transition), "")
