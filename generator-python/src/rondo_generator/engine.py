"""The interface of an engine, which makes the audio. It is small, so that a model fits in one file."""

from __future__ import annotations

from collections.abc import Iterator
from threading import Event
from typing import Protocol

import numpy as np
import numpy.typing as npt

from .contract import GenerateRequest

#: Stereo samples between -1 and 1, shape (samples, 2), at 44,100 Hz.
Samples = npt.NDArray[np.float32]


class Engine(Protocol):
    @property
    def name(self) -> str: ...

    #: The licence of the model's weights and of the audio that it makes, as a text for people.
    @property
    def licence(self) -> str: ...

    @property
    def seconds_min(self) -> float: ...

    @property
    def seconds_max(self) -> float: ...

    #: Whether the same request gives the same samples.
    @property
    def deterministic(self) -> bool: ...

    def check(self, request: GenerateRequest) -> None:
        """Raises Problem 422 for a request that this engine can't fulfil."""

    def generate(self, request: GenerateRequest, stop: Event) -> Iterator[Samples]:
        """Yields blocks of samples as they are made, `request.samples` in all. Ends soon after `stop` is set.

        It runs in its own thread.
        """
