"""The icon sprite: which names there are."""

import re
from functools import cache
from pathlib import Path

SPRITE = "vendor/tabler-icons/3.51.0/sprite.svg"


@cache
def names() -> frozenset[str]:
    """Every icon of the sprite."""
    sprite = Path(__file__).with_name("static") / SPRITE
    return frozenset(re.findall(r'<symbol id="([^"]+)"', sprite.read_text(encoding="utf-8")))
