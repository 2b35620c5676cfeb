"""Runs one generation: a thread makes the audio, and at the same time the chunks are sent to Rondo.

They are read by the responses to requests, or by one of the modules in `deliveries`.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import AsyncIterator

import numpy as np

from .contract import SAMPLE_RATE, GenerateRequest
from .encoding import create_encoder
from .engine import Engine, EngineFault, Samples

log = logging.getLogger(__name__)

FIRST_CHUNK_SAMPLES = SAMPLE_RATE // 4
CHUNK_SAMPLES = SAMPLE_RATE


class Failed(Exception):
    """The readers don't get a complete piece, because of an error, a wrong length, a deadline or a cancellation."""


class Generation:
    """Stores its chunks until the generation is removed, so that a repeated request gets the same bytes."""

    def __init__(self, request: GenerateRequest, content_type: str) -> None:
        self.request = request
        self.content_type = content_type
        self.chunks: list[bytes] = []
        self.seconds_made = 0.0
        self.failure: str | None = None
        self.is_over = False
        self._readers = 0
        self.ended_at: float | None = None
        self._stop = threading.Event()
        self._loop = asyncio.get_running_loop()
        self._changed = asyncio.Condition()

    @property
    def is_wanted(self) -> bool:
        """Whether the piece is being made or read. If it is neither made nor read, there is nothing to cancel."""
        return not self.is_over or self._readers > 0

    @property
    def is_cancelled(self) -> bool:
        return self._stop.is_set()

    def cancel(self, reason: str = "It was cancelled.") -> None:
        """Stops the engine at its next block. Readers get no more chunks. An earlier `failure` is kept."""
        if self.failure is None:
            self.failure = reason
        self._stop.set()
        self._loop.call_soon_threadsafe(self._wake)

    def make(self, engine: Engine) -> None:
        """Makes the piece. Must run in a separate thread. If the engine fails, sets `failure` and doesn't raise."""
        try:
            if not self._stop.is_set():
                self._encode(engine)
        except EngineFault as fault:
            log.warning("generation %s failed: %s", self.request.request_id, fault)
            self.failure = self.failure or str(fault)
        except Exception:
            log.exception("generation %s failed", self.request.request_id)
            self.failure = self.failure or "The engine failed on this piece."
        self._loop.call_soon_threadsafe(self._publish, None, 0.0)

    def _encode(self, engine: Engine) -> None:
        encoder = create_encoder(self.content_type, self.request.samples)
        waiting: list[Samples] = []
        made = 0
        goal = FIRST_CHUNK_SAMPLES
        for block in engine.generate(self.request, self._stop):
            if self._stop.is_set():
                return
            waiting.append(block)
            if sum(map(len, waiting)) < goal:
                continue
            samples = np.concatenate(waiting)
            made += len(samples)
            self._send(encoder.encode(samples), made)
            waiting, goal = [], CHUNK_SAMPLES
        if self._stop.is_set():
            return
        rest = encoder.encode(np.concatenate(waiting)) if waiting else b""
        made += sum(map(len, waiting))
        self._send(rest + encoder.finish(), made)
        if made != self.request.samples:
            self.failure = (
                f"The engine made {made / SAMPLE_RATE:.1f} s of {self.request.duration_seconds:g} s."
            )

    def _send(self, chunk: bytes, samples: int) -> None:
        if chunk:
            self._loop.call_soon_threadsafe(self._publish, chunk, samples / SAMPLE_RATE)

    def _publish(self, chunk: bytes | None, seconds: float) -> None:
        if chunk is None:
            self.is_over = True
            self.ended_at = time.monotonic()
        else:
            self.chunks.append(chunk)
            self.seconds_made = seconds
        self._wake()

    def _wake(self) -> None:
        task = self._loop.create_task(self._notify())
        task.add_done_callback(lambda done: done.exception())

    async def _notify(self) -> None:
        async with self._changed:
            self._changed.notify_all()

    async def read(self, first: int = 0) -> AsyncIterator[bytes]:
        """Yields each chunk from number `first` (from 0) on, as soon as the chunk is made.

        Raises Failed at the end if the generation has failed or was cancelled.
        """
        at = first
        self._readers += 1
        try:
            while True:
                async with self._changed:
                    while at >= len(self.chunks) and not self.is_over and not self.is_cancelled:
                        await self._changed.wait()
                while at < len(self.chunks) and not self.is_cancelled:
                    yield self.chunks[at]
                    at += 1
                if self.is_cancelled or (self.is_over and at >= len(self.chunks)):
                    break
        finally:
            self._readers -= 1
        if self.failure is not None:
            raise Failed(self.failure)

    async def ended(self) -> None:
        async with self._changed:
            await self._changed.wait_for(lambda: self.is_over)
