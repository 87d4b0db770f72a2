"""The packs and overlays that ship with the program, read once from `packs/`."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

from lazaretto.protocols.rules import Library
from lazaretto.protocols.rules.pack import Text


@cache
def library() -> Library:
    """All shipped packs and overlays. Raises PackInvalid naming the file and every error in it."""
    folder = files("lazaretto.protocols") / "packs"
    return Library(_tables(folder), _tables(folder / "overlays"))


@cache
def jurisdiction_names() -> Mapping[str, Text]:
    """Names of jurisdictions by code; not every code has one."""
    table = tomllib.loads((files("lazaretto.protocols") / "jurisdictions.toml").read_text(encoding="utf-8"))
    return {code: Text(**name) for code, name in table["names"].items()}


def _tables(folder: Traversable) -> dict[str, dict[str, Any]]:
    found = sorted((item for item in folder.iterdir() if item.name.endswith(".toml")), key=lambda item: item.name)
    return {item.name: tomllib.loads(item.read_text(encoding="utf-8")) for item in found}
