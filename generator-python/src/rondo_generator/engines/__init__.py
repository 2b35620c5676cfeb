"""Finds an engine by its name."""

from __future__ import annotations

from collections.abc import Mapping

from ..engine import Engine
from ..settings import Settings


def create_engine(settings: Settings, environment: Mapping[str, str]) -> Engine:
    """Raises BadSettings if a setting is wrong or the model can't be loaded; ValueError for an unknown name."""
    if settings.engine == "synth":
        from .synth import Synth

        return Synth()
    if settings.engine == "musicgen":
        from .musicgen_loading import load_musicgen

        return load_musicgen(environment, slots=settings.slots)
    raise ValueError(f'GENERATOR_ENGINE: "{settings.engine}" is not an engine. Use synth or musicgen.')
