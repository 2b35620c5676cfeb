"""The engines by their names."""

from __future__ import annotations

from ..engine import Engine


def create_engine(name: str) -> Engine:
    """Raises ValueError for an unknown name."""
    if name == "synth":
        from .synth import Synth

        return Synth()
    raise ValueError(f'GENERATOR_ENGINE: "{name}" is not an engine. Use synth.')
