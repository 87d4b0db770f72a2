"""Compiles the message catalogues into the wheel, so that an installation that cannot be written is translated too."""

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CatalogueHook(BuildHookInterface):
    """Runs before the files of the wheel are collected."""

    def initialize(self, _version: str, build_data: dict[str, Any]) -> None:
        """Compile what is stale and let the wheel take the compiled files along."""
        sys.path.insert(0, str(Path(self.root) / "src"))
        from lazaretto.config.messages import compile_stale  # noqa: PLC0415 - only now can it be found

        compile_stale()
        build_data["artifacts"].append("src/lazaretto/*/locale/*/LC_MESSAGES/*.mo")
