"""What the register is shipped with, counted from its files: a new entry changes no test."""

from __future__ import annotations

from pathlib import Path

_REGISTRY = Path(__file__).parents[1] / "registry"
SYSTEMS = sorted(path.stem for path in (_REGISTRY / "systems").glob("*/*.yaml"))
"""The ids of the shipped entries."""
HEARINGS = sorted(path.stem for path in (_REGISTRY / "hearings").glob("*.yaml"))
"""The ids of the shipped hearings."""
