"""Renders a paper: data as JSON into a Typst template, with one font, any warning an error."""

import json
import logging
import struct
import threading
import unicodedata
from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, ClassVar, Literal

import typst
from noto_cjk_sans_otc import FONT_PATH

FOLDER = Path(__file__).parent
FONT = Path(str(FONT_PATH))

SC_FACE = 2  # Noto Sans CJK SC among the faces of the collection

# Set in place of a character that the font lacks, as printers of Chinese have always done.
MISSING_MARK = "〓"
JOINERS = "\u200d\ufe0e\ufe0f\u20e3"

logger = logging.getLogger(__name__)
_one_at_a_time = threading.Lock()  # a compiler holds one document's inputs; printing takes milliseconds


class PaperWarning(Exception):
    """Typst warned (a font or a glyph was missing): the paper might look right and be wrong, so there is none."""


@dataclass(frozen=True, kw_only=True)
class Paper:
    """A printed paper. Subclasses say which template and which data; language is the reader's (zh-hans, en)."""

    template: ClassVar[str]
    language: str = "zh-hans"

    @abstractmethod
    def data(self) -> Mapping[str, Any]:
        """What the template is given: plain values and translated words."""


def render(paper: Paper) -> bytes:
    """The paper as PDF. Raises `PaperWarning` when Typst warns."""
    return _compile(paper, "pdf")[0]


def render_png(paper: Paper, ppi: float = 110) -> list[bytes]:
    """The paper's pages as pictures, for previews and tests."""
    return _compile(paper, "png", ppi)


def _compile(paper: Paper, kind: Literal["pdf", "png"], ppi: float | None = None) -> list[bytes]:
    content = _printable(json.dumps({"language": paper.language, **paper.data()}, ensure_ascii=False, default=str))
    with _one_at_a_time:
        made, warnings = _compiler(paper.template).compile_with_warnings(
            format=kind, ppi=ppi, sys_inputs={"data": content}
        )
    if warnings or made is None:
        raise PaperWarning("; ".join(warning.message for warning in warnings) or "nothing was made")
    return made if isinstance(made, list) else [made]


@cache
def _compiler(template: str) -> typst.Compiler:
    return typst.Compiler(FOLDER / f"{template}.typ", root=FOLDER, font_paths=_fonts(), ignore_system_fonts=True)


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[FONT.parent])


def _printable(text: str) -> str:
    """The text without pictures, and with every other character that the font lacks replaced by a visible mark."""
    missing = {character for character in set(text) if ord(character) >= 0x20} - covered()
    if missing:
        logger.warning("no glyph for %s", " ".join(f"U+{ord(character):04X}" for character in sorted(missing)))
    marks = {ord(character): None if _is_picture(character) else MISSING_MARK for character in missing}
    return text.translate(marks)


def _is_picture(character: str) -> bool:
    """An emoji, or what joins and colours emoji: it says nothing that an official paper would lack."""
    return unicodedata.category(character) == "So" or character in JOINERS or "\U0001f3fb" <= character <= "\U0001f3ff"


@cache
def covered() -> frozenset[str]:
    """Every character the font has: its OpenType `cmap`, subtable format 12."""
    raw = FONT.read_bytes()
    font = struct.unpack_from(">I", raw, 12 + 4 * SC_FACE)[0]
    tables = struct.unpack_from(">H", raw, font + 4)[0]
    records = (struct.unpack_from(">4sIII", raw, font + 12 + 16 * number) for number in range(tables))
    cmap = next(offset for tag, _sum, offset, _length in records if tag == b"cmap")
    count = struct.unpack_from(">H", raw, cmap + 2)[0]
    starts = {cmap + struct.unpack_from(">4xI", raw, cmap + 4 + 8 * number)[0] for number in range(count)}
    wide = next(start for start in starts if struct.unpack_from(">H", raw, start)[0] == 12)
    groups = struct.unpack_from(">I", raw, wide + 12)[0]
    ranges = (struct.unpack_from(">II", raw, wide + 16 + 12 * number) for number in range(groups))
    return frozenset(chr(point) for first, last in ranges for point in range(first, last + 1))
