"""Finds an engine by its name."""

from __future__ import annotations

from collections.abc import Mapping

from ..engine import Engine
from ..settings import Settings


def create_engine(settings: Settings, environment: Mapping[str, str]) -> Engine:
    """Opens an engine. Raises BadSettings (a wrong setting, an unusable model) or ValueError (unknown name)."""
    if settings.engine == "synth":
        from .synth import Synth

        return Synth()
    if settings.engine == "musicgen":
        from .musicgen_loading import load_musicgen

        return load_musicgen(environment, slots=settings.slots)
    raise ValueError(f'GENERATOR_ENGINE: "{settings.engine}" is not an engine. Use synth or musicgen.')
