"""Defines the interface of an engine, which makes the audio. The interface is small: one file can implement it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from threading import Event
from typing import Protocol

import numpy as np
import numpy.typing as npt

from .contract import GenerateRequest

#: Stereo samples between -1 and 1, shape (samples, 2), at 44,100 Hz.
Samples = npt.NDArray[np.float32]


class EngineFault(Exception):
    """Raised when the engine can't finish a piece. The text of the exception is a sentence for the user."""


@dataclass(frozen=True)
class EngineStatus:
    is_ready: bool = True
    #: The number of pieces that the engine makes at a time, if this number is lower than GENERATOR_SLOTS.
    slots: int | None = None
    #: The seconds until a new piece would begin; None if the engine can't estimate this time.
    eta_seconds: float | None = None
    #: The measured steps per second with all slots in use; None if the engine doesn't work in steps.
    steps_per_second: float | None = None


class Engine(Protocol):
    @property
    def name(self) -> str: ...

    #: The licence of the model's weights and of the audio that the model makes, as a text for people.
    @property
    def licence(self) -> str: ...

    @property
    def seconds_min(self) -> float: ...

    @property
    def seconds_max(self) -> float: ...

    #: Whether the same request gives the same samples.
    @property
    def deterministic(self) -> bool: ...

    #: Whether the engine can lengthen a piece. The new version begins with the sound of the piece, and continues it.
    @property
    def extends(self) -> bool: ...

    def status(self) -> EngineStatus:
        """Returns the state of the engine without waiting."""

    def check(self, request: GenerateRequest) -> None:
        """Raises Problem 422 for a request that this engine can't fulfil."""

    def generate(self, request: GenerateRequest, stop: Event) -> Iterator[Samples]:
        """Yields blocks of samples as they are made. All blocks together must have the length `request.samples`.

        After `stop` is set, the iterator must end soon. Then all blocks together are allowed to be shorter than
        `request.samples`. Raises EngineFault if the engine can't finish the piece. Each generation runs in its own
        thread, so several calls can run at the same time.
        """

    def close(self) -> None:
        """Is called one time, after all generations have ended."""
