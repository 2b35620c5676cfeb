"""Manages the running and the waiting generations, with a limit for each of these two states.

There is at most one generation per request id. `start` must be called on the thread of the event loop. `close` blocks
until the threads have ended.
"""

from __future__ import annotations

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

from .contract import GenerateRequest, Health, Problem
from .engine import Engine
from .generation import Generation

#: For this many seconds after the end of a generation, a repeated request gets the same bytes. Only the latest
#: `REMEMBERED_MOST` ended generations are remembered. A cancelled generation is made again at a repeated request.
REMEMBERED_SECONDS = 600.0
REMEMBERED_MOST = 64
#: The seconds after which a client should try again while the engine starts.
STARTING_SECONDS = 5.0


class Generations:
    def __init__(self, engine: Engine, *, slots: int, queue: int) -> None:
        self._engine = engine
        self._slots = slots
        self._queue = queue
        self._threads = ThreadPoolExecutor(max_workers=slots, thread_name_prefix="generation")
        self._known: dict[str, Generation] = {}
        self._seconds_each = 5.0

    def start(self, request: GenerateRequest, content_type: str) -> tuple[Generation, bool]:
        """Starts a generation, or finds the earlier generation with this request id.

        Returns the generation, and whether it is new. An earlier generation is also returned if it has failed. But if
        it was cancelled and has ended, a new generation starts.

        At the deadline of the first request, a generation that is still waiting, running or being delivered is
        cancelled. The deadline of a repeated request has no effect.

        Raises Problem with one of these statuses:
        - 400: the deadline of the request has passed.
        - 409: the id belongs to another request.
        - 422: the engine can't fulfil the request.
        - 503: the engine is starting, or the queue is full.
        """
        self._forget_old()
        known = self._known.get(request.request_id)
        if known is not None and not (known.is_cancelled and known.is_over):
            if facts_of(known.request) != facts_of(request):
                raise Problem(
                    409,
                    "CONFLICT",
                    "This request id belongs to another request.",
                    "Use a new id for every generation.",
                )
            return known, False
        self._engine.check(request)
        left = seconds_until(request.deadline)
        if left is not None and left <= 0:
            raise Problem(400, "INVALID_PARAMETER", "The deadline has passed.", "Send a later deadline.")
        if not self._engine.status().is_ready:
            raise Problem(
                503,
                "STARTING",
                "The generator is still starting.",
                f"Try again in {STARTING_SECONDS:.0f} s.",
                STARTING_SECONDS,
            )
        if len(self._active()) >= self._usable_slots() + self._queue:
            wait = max(1.0, self._eta())
            raise Problem(
                503,
                "BUSY",
                "All slots are taken, and the queue is full.",
                f"Try again in {wait:.0f} s.",
                wait,
            )
        generation = Generation(request, content_type)
        self._known[request.request_id] = generation
        self._threads.submit(self._make, generation)
        if left is not None:
            asyncio.get_running_loop().call_later(
                left, cancel_if_wanted, generation, "The deadline passed before the piece was delivered."
            )
        return generation, True

    def _make(self, generation: Generation) -> None:
        started = time.monotonic()
        try:
            generation.make(self._engine)
        finally:
            # A cancelled or failed piece ends early, so its time says nothing about how long a piece takes.
            if generation.failure is None:
                self._learn(time.monotonic() - started)

    def cancel(self, request_id: str) -> None:
        """Cancels a generation that is waiting, running or being delivered. Otherwise, does nothing."""
        generation = self._known.get(request_id)
        if generation is not None:
            cancel_if_wanted(generation, "It was cancelled.")

    def health(self) -> Health:
        active = len(self._active())
        status = self._engine.status()
        slots = self._usable_slots()
        free = max(0, slots - active) if status.is_ready else 0
        has_room = active < slots + self._queue
        return Health(
            status="starting" if not status.is_ready else "ready" if has_room else "busy",
            slots=slots,
            free=free,
            queued=max(0, active - slots),
            eta_seconds=0.0 if free > 0 else round(self._eta(), 1),
            steps_per_second=status.steps_per_second,
        )

    def close(self) -> None:
        for generation in self._active():
            generation.cancel("The generator was stopped.")
        self._threads.shutdown(wait=True, cancel_futures=True)
        self._engine.close()

    def _active(self) -> list[Generation]:
        return [one for one in self._known.values() if not one.is_over]

    def _usable_slots(self) -> int:
        return min(self._slots, self._engine.status().slots or self._slots)

    def _eta(self) -> float:
        """Returns the estimated seconds until a slot is free.

        If the engine has no estimate, the estimate is made from the durations of earlier generations.
        """
        status = self._engine.status()
        if not status.is_ready:
            return STARTING_SECONDS
        if status.eta_seconds is not None:
            return status.eta_seconds
        slots = self._usable_slots()
        waiting = max(0, len(self._active()) - slots) + 1
        return self._seconds_each * waiting / slots

    def _learn(self, seconds: float) -> None:
        self._seconds_each = 0.8 * self._seconds_each + 0.2 * seconds

    def _forget_old(self) -> None:
        over = [(one.ended_at, key) for key, one in self._known.items() if one.ended_at is not None]
        over.sort()
        newest = over[-REMEMBERED_MOST:]
        fresh = {key for ended, key in newest if time.monotonic() - ended < REMEMBERED_SECONDS}
        for _, key in over:
            if key not in fresh:
                del self._known[key]


def cancel_if_wanted(generation: Generation, reason: str) -> None:
    """Cancels the generation if it is waiting or running, or if its piece is being delivered.

    In all other cases, the piece stays available for a repeated request.
    """
    if generation.is_wanted:
        generation.cancel(reason)


def facts_of(request: GenerateRequest) -> GenerateRequest:
    """Returns the fields that have to be equal in a repeated request: all except `deadline` and `delivery`."""
    return request.model_copy(update={"deadline": None, "delivery": None})


def seconds_until(deadline: datetime | None) -> float | None:
    if deadline is None:
        return None
    aware = deadline if deadline.tzinfo is not None else deadline.replace(tzinfo=UTC)
    return (aware - datetime.now(UTC)).total_seconds()
