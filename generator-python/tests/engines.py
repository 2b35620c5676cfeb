"""Defines an engine for tests. A test can control when the engine continues and whether it fails."""

from __future__ import annotations

from collections.abc import Iterator
from threading import Event

import numpy as np

from rondo_generator.contract import SAMPLE_RATE, GenerateRequest
from rondo_generator.engine import EngineStatus, Samples


class Scripted:
    """Makes noise in blocks of half a second, up to the length of the piece, but at most `blocks` blocks.

    With `go`, every block except the first waits until the event `go` is set. With `fails`, the engine raises an error
    after the last block. When the event `stop` is set, the engine ends without an error.
    """

    name = "scripted"
    licence = "none"
    seconds_min = 0.1
    seconds_max = 600.0
    deterministic = True
    extends = False

    def __init__(self, *, blocks: int | None = None, go: Event | None = None, fails: bool = False) -> None:
        self._blocks = blocks
        self._go = go
        self._fails = fails
        self.started = 0

    def status(self) -> EngineStatus:
        return EngineStatus()

    def close(self) -> None:
        pass

    def check(self, request: GenerateRequest) -> None:
        pass

    def generate(self, request: GenerateRequest, stop: Event) -> Iterator[Samples]:
        self.started += 1
        left = request.samples
        made = 0
        random = np.random.default_rng(request.seed)
        while left > 0 and (self._blocks is None or made < self._blocks):
            while self._go is not None and made > 0 and not self._go.wait(0.01):
                if stop.is_set():
                    return
            if stop.is_set():
                return
            count = min(SAMPLE_RATE // 2, left)
            yield (random.random((count, 2)) / 2 - 0.25).astype(np.float32)
            left -= count
            made += 1
        if self._fails:
            raise RuntimeError("the model is broken")
