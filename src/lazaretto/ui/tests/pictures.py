"""Reads the QR codes off a printed paper: a PNG of the page is decoded here, because only tests need pictures."""

import struct
import zlib
from collections.abc import Iterator
from itertools import accumulate

import zxingcpp

from lazaretto.ui import papers


def codes_of(paper: papers.Paper, ppi: float = 150) -> list[str]:
    """What a scanner reads from every page as it comes out of a printer."""
    return [code.text for page in papers.render_png(paper, ppi) for code in zxingcpp.read_barcodes(grey(page))]


def grey(png: bytes) -> memoryview:
    """The red channel of an 8-bit RGBA picture as rows of bytes: black print on white needs no other."""
    width, height = struct.unpack(">II", png[16:24])
    raw = zlib.decompress(b"".join(_chunks(png)))
    stride = width * 4 + 1
    above, rows = bytes(width), []
    for start in range(0, stride * height, stride):
        above = _unfilter(raw[start], raw[start + 1 : start + stride : 4], above)
        rows.append(above)
    return memoryview(b"".join(rows)).cast("B", (height, width))


def _chunks(png: bytes) -> Iterator[bytes]:
    place = 8
    while place < len(png):
        length, kind = struct.unpack(">I4s", png[place : place + 8])
        if kind == b"IDAT":
            yield png[place + 8 : place + 8 + length]
        place += 12 + length


def _unfilter(kind: int, line: bytes, above: bytes) -> bytes:
    """PNG filters 0 to 4 (specification, clause 9), one channel at a time."""
    if kind == 0:
        return line
    if kind == 1:
        return bytes(accumulate(line, lambda left, value: (left + value) & 255))
    if kind == 2:
        return bytes((value + up) & 255 for value, up in zip(line, above, strict=True))
    done, left, corner = bytearray(), 0, 0
    for value, up in zip(line, above, strict=True):
        guess = (left + up) // 2 if kind == 3 else _paeth(left, up, corner)
        left, corner = (value + guess) & 255, up
        done.append(left)
    return bytes(done)


def _paeth(left: int, up: int, corner: int) -> int:
    guess = left + up - corner
    near = (abs(guess - left), abs(guess - up), abs(guess - corner))
    return (left, up, corner)[near.index(min(near))]
