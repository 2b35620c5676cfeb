"""The engines by their names."""

from __future__ import annotations

from ..engine import Engine


def create_engine(name: str) -> Engine:
    """Raises ValueError."""
    if name == "synth":
        from .synth import Synth

        return Synth()
    raise ValueError(f'GENERATOR_ENGINE: "{name}" is not an engine. There is: synth.')
