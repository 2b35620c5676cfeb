"""Opens the engine whose name is in the settings."""

from __future__ import annotations

from collections.abc import Mapping

from ..engine import Engine
from ..settings import Settings


def create_engine(settings: Settings, environment: Mapping[str, str]) -> Engine:
    """Opens the engine `settings.engine`.

    Raises BadSettings if a setting is wrong, a package or the GPU is missing, or the model can't be used. Raises
    ValueError if there is no engine with this name.
    """
    if settings.engine == "synth":
        from .synth import Synth

        return Synth()
    if settings.engine == "musicgen":
        from .musicgen_loading import load_musicgen

        return load_musicgen(environment, slots=settings.slots)
    raise ValueError(f'GENERATOR_ENGINE: "{settings.engine}" is not an engine. Use synth or musicgen.')
