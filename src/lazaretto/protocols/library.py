"""The packs and overlays that ship with the program, read once from `packs/`."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

from lazaretto.protocols.rules import Library


@cache
def library() -> Library:
    """All shipped packs and overlays. Raises PackInvalid naming the file and every error in it."""
    folder = files("lazaretto.protocols") / "packs"
    return Library(_tables(folder), _tables(folder / "overlays"))


def _tables(folder: Traversable) -> dict[str, dict[str, Any]]:
    found = sorted((item for item in folder.iterdir() if item.name.endswith(".toml")), key=lambda item: item.name)
    return {item.name: tomllib.loads(item.read_text(encoding="utf-8")) for item in found}
